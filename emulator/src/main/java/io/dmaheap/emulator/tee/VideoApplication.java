package io.dmaheap.emulator.tee;

import io.dmaheap.emulator.secure.TaMemory;
import io.dmaheap.emulator.secure.TaParameters;
import io.dmaheap.emulator.secure.TaParameters.Type;
import io.dmaheap.emulator.secure.TrustedApplication;
import io.dmaheap.tee.TeeResult;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.UUID;

/**
 * What a decoder in the secure world would do, reduced to what a test can check. The real one, {@code vm/board/ta/video.c}, has the same
 * name, commands and answers; its comment lists them.
 */
public final class VideoApplication implements TrustedApplication {
    private static final int FILL = 0;
    private static final int SUM = 1;
    private static final int COPY = 2;
    private static final int WHERE = 3;
    private static final int INJECT = 4;
    private static final int TRANSFORM = 5;
    private static final int SHA256 = 6;
    private static final int WAIT = 7;
    private static final int PASS = 8;

    private static final int CHUNK = 64 << 10;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    /** For one board. */
    public VideoApplication() {}

    @Override
    public UUID uuid() {
        return UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc");
    }

    @Override
    public boolean isForSecureData() {
        return true;
    }

    @Override
    public Opened open(TaParameters parameters) {
        return Opened.with(VideoApplication::invoke);
    }

    private static TeeResult invoke(int command, TaParameters parameters) {
        return switch (command) {
            case FILL -> parameters.are(Type.MEMREF_OUTPUT, Type.VALUE_INPUT) ? fill(parameters) : bad();
            case SUM -> parameters.are(Type.MEMREF_INPUT, Type.VALUE_OUTPUT) ? sum(parameters) : bad();
            case COPY ->
                parameters.are(Type.MEMREF_INPUT, Type.MEMREF_OUTPUT)
                        ? copy(parameters.memory(0), parameters.memory(1))
                        : bad();
            case WHERE -> parameters.are(Type.MEMREF_INPUT, Type.VALUE_OUTPUT) ? where(parameters) : bad();
            case INJECT -> parameters.are(Type.MEMREF_OUTPUT, Type.MEMREF_INPUT) ? inject(parameters) : bad();
            case TRANSFORM -> parameters.are(Type.MEMREF_INOUT) ? transform(parameters.memory(0)) : bad();
            case SHA256 -> parameters.are(Type.MEMREF_INPUT, Type.MEMREF_OUTPUT) ? sha256(parameters) : bad();
            case WAIT -> parameters.are(Type.MEMREF_OUTPUT) ? waitForCancellation(parameters) : bad();
            // To another instance of itself, from which nothing tells this one apart: there is no state.
            case PASS -> parameters.are(Type.MEMREF_INOUT) ? invoke(TRANSFORM, parameters) : bad();
            default -> TeeResult.NOT_SUPPORTED;
        };
    }

    private static TeeResult bad() {
        return TeeResult.BAD_PARAMETERS;
    }

    private static TeeResult fill(TaParameters parameters) {
        TaMemory buffer = parameters.memory(0);
        byte[] chunk = new byte[CHUNK];
        for (long at = 0; at < buffer.size(); at += CHUNK) {
            for (int i = 0; i < CHUNK; i++) {
                chunk[i] = (byte) (parameters.value(1).a() + at + i);
            }
            int count = (int) Math.min(CHUNK, buffer.size() - at);
            buffer.write(at, MemorySegment.ofArray(chunk).asSlice(0, count));
        }
        return TeeResult.SUCCESS;
    }

    private interface Consumer {
        void take(long at, byte[] bytes, int count);
    }

    private static void each(TaMemory memory, Consumer consumer) {
        byte[] chunk = new byte[CHUNK];
        for (long at = 0; at < memory.size(); at += CHUNK) {
            int count = (int) Math.min(CHUNK, memory.size() - at);
            memory.read(at, MemorySegment.ofArray(chunk).asSlice(0, count));
            consumer.take(at, chunk, count);
        }
    }

    private static TeeResult sum(TaParameters parameters) {
        long[] sum = {0};
        each(parameters.memory(0), (at, bytes, count) -> {
            for (int i = 0; i < count; i++) {
                sum[0] += Byte.toUnsignedLong(bytes[i]);
            }
        });
        parameters
                .value(1)
                .set(Integer.toUnsignedLong((int) sum[0]), parameters.memory(0).size());
        return TeeResult.SUCCESS;
    }

    private static TeeResult copy(TaMemory from, TaMemory to) {
        to.report(from.size());
        if (to.size() < from.size()) {
            return TeeResult.SHORT_BUFFER;
        }
        each(
                from,
                (at, bytes, count) -> to.write(at, MemorySegment.ofArray(bytes).asSlice(0, count)));
        return TeeResult.SUCCESS;
    }

    private static TeeResult where(TaParameters parameters) {
        boolean secure = parameters.memory(0).isSecure();
        parameters.value(1).set(secure ? 1 : 0, secure ? 0 : 1);
        return TeeResult.SUCCESS;
    }

    private static TeeResult inject(TaParameters parameters) {
        TaMemory buffer = parameters.memory(0);
        TaMemory source = parameters.memory(1);
        if (!buffer.isSecure() || source.isSecure()) {
            return TeeResult.ACCESS_DENIED;
        }
        return copy(source, buffer);
    }

    private static TeeResult transform(TaMemory buffer) {
        each(buffer, (at, bytes, count) -> {
            for (int i = 0; i < count; i++) {
                bytes[i] = (byte) (~bytes[i] + 1);
            }
            buffer.write(at, MemorySegment.ofArray(bytes).asSlice(0, count));
        });
        return TeeResult.SUCCESS;
    }

    private static TeeResult sha256(TaParameters parameters) {
        TaMemory to = parameters.memory(1);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            to.report(digest.getDigestLength());
            if (to.size() < digest.getDigestLength()) {
                return TeeResult.SHORT_BUFFER;
            }
            each(parameters.memory(0), (at, bytes, count) -> digest.update(bytes, 0, count));
            to.write(0, MemorySegment.ofArray(digest.digest()));
            return TeeResult.SUCCESS;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static TeeResult waitForCancellation(TaParameters parameters) {
        TaMemory begun = parameters.memory(0);
        if (begun.size() == 0) {
            return TeeResult.BAD_PARAMETERS;
        }
        begun.write(0, MemorySegment.ofArray(new byte[] {1}));
        return parameters.awaitCancellation(LONGEST_WAIT) ? TeeResult.CANCEL : TeeResult.SUCCESS;
    }
}
