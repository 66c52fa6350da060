package io.dmaheap.emulator.tee;

import io.dmaheap.emulator.secure.TaParameters;
import io.dmaheap.emulator.secure.TrustedApplication;
import io.dmaheap.tee.TeeResult;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;

/** An application that was not made for protected memory and answers everything with success. */
record Naive(CountDownLatch closed) implements TrustedApplication {
    static final UUID ID = new UUID(0, 1);

    @Override
    public UUID uuid() {
        return ID;
    }

    @Override
    public boolean isForSecureData() {
        return false;
    }

    @Override
    public Opened open(TaParameters parameters) {
        if (parameters.are(TaParameters.Type.VALUE_INPUT)) {
            return Opened.refused(TeeResult.ACCESS_DENIED);
        }
        return Opened.with(new Session() {
            @Override
            public TeeResult invoke(int command, TaParameters asked) {
                if (command == 99) {
                    throw new IllegalStateException("a bug of the application");
                }
                return TeeResult.SUCCESS;
            }

            @Override
            public void close() {
                closed.countDown();
            }
        });
    }
}
