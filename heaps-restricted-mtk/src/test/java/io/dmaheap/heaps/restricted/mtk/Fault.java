package io.dmaheap.heaps.restricted.mtk;

import static io.dmaheap.heaps.restricted.mtk.SecureBoard.MIB;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.RETRIEVE_SG;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.ZALLOC;

import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.emulator.secure.TaParameters;
import io.dmaheap.emulator.secure.TrustedApplication;
import io.dmaheap.tee.TeeResult;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What goes wrong on a board, from its begin to its end. */
interface Fault {
    void begin(SecureBoard board);

    void end(SecureBoard board);

    /** Lets a buffer be in two pieces where their list is what fails, so that it is asked for. */
    private static TeeResult inPieces(
            int failing, int asked, TaParameters parameters, TrustedApplication.Session behind) {
        TeeResult result = behind.invoke(asked, parameters);
        if (failing == RETRIEVE_SG && asked == ZALLOC && result.equals(TeeResult.SUCCESS)) {
            parameters.value(2).set(2, parameters.value(2).b());
        }
        return result;
    }

    /** A command that the application refuses. */
    record Refused(int command, TeeResult result) implements Fault {
        @Override
        public void begin(SecureBoard board) {
            board.interpose((asked, parameters, behind) ->
                    asked == command ? result : inPieces(command, asked, parameters, behind));
        }

        @Override
        public void end(SecureBoard board) {
            board.heal();
        }

        @Override
        public String toString() {
            return "%#x is refused: %s".formatted(command, result);
        }
    }

    /** A command in which the application panics, or after which the TEE dies. */
    record Deadly(int command, boolean panic) implements Fault {
        @Override
        public void begin(SecureBoard board) {
            board.interpose((asked, parameters, behind) -> {
                if (asked == command && panic) {
                    throw new IllegalStateException("of the test");
                }
                if (asked == command) {
                    board.secureWorld().kill();
                    return TeeResult.TARGET_DEAD;
                }
                return inPieces(command, asked, parameters, behind);
            });
        }

        @Override
        public void end(SecureBoard board) {
            board.secureWorld().revive();
            board.heal();
        }

        @Override
        public String toString() {
            return "%#x ends with %s".formatted(command, panic ? "a panic" : "the death of the TEE");
        }
    }

    /** An answer that makes no sense. */
    enum Nonsense implements Fault {
        ADDRESS_ZERO(1, 0x0, MIB),
        ADDRESS_NEGATIVE(1, Long.MIN_VALUE, MIB),
        ADDRESS_NOT_OF_A_PAGE(1, 0x5000_0800, MIB),
        ADDRESS_OUTSIDE_THE_REGION(1, 0x4000_0000, MIB),
        NO_PIECES(0, 0x5000_0000, MIB),
        MINUS_ONE_PIECE(-1, 0x5000_0000, MIB),
        TOO_MANY_PIECES(1L << 40, 0x5000_0000, MIB),
        LIST_WITH_A_ZERO_ADDRESS(2, 0x0, MIB / 2),
        LIST_WITH_A_ZERO_LENGTH(2, 0x5000_0000, 0),
        LIST_THAT_IS_TOO_SHORT(2, 0x5000_0000, MIB / 4),
        LIST_OUTSIDE_THE_REGION(2, 0x4000_0000, MIB / 2);

        private final long pieces;
        private final long address;
        private final long length;

        Nonsense(long pieces, long address, long length) {
            this.pieces = pieces;
            this.address = address;
            this.length = length;
        }

        @Override
        public void begin(SecureBoard board) {
            board.interpose(this::answer);
        }

        private TeeResult answer(int command, TaParameters parameters, TrustedApplication.Session behind) {
            if (command == RETRIEVE_SG) {
                var list = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < 2; i++) {
                    list.putLong(address == 0 ? 0 : address + i * length).putInt((int) length);
                }
                parameters.memory(1).write(0, MemorySegment.ofArray(list.array()));
                return TeeResult.SUCCESS;
            }
            TeeResult result = behind.invoke(command, parameters);
            if (command == ZALLOC && result.equals(TeeResult.SUCCESS)) {
                parameters.value(2).set(pieces, address);
            }
            return result;
        }

        @Override
        public void end(SecureBoard board) {
            board.heal();
        }
    }

    /** A step below the application. */
    record Board(FaultPoint point, boolean byNature) implements Fault {
        @Override
        public void begin(SecureBoard board) {
            if (byNature) {
                board.faults().fail(point);
            } else {
                board.faults().fail(point, Long.MAX_VALUE, () -> new IllegalStateException("of the test"));
            }
        }

        @Override
        public void end(SecureBoard board) {
            board.faults().heal(point);
        }
    }

    /** The list of a buffer in two pieces has no memory that could be shared. */
    record Unshared(boolean byNature) implements Fault {
        @Override
        public void begin(SecureBoard board) {
            new Board(FaultPoint.SHARE, byNature).begin(board);
            board.interpose((asked, parameters, behind) -> inPieces(RETRIEVE_SG, asked, parameters, behind));
        }

        @Override
        public void end(SecureBoard board) {
            board.heal();
            board.faults().heal(FaultPoint.SHARE);
        }
    }

    /** The TEE is not there, or does not answer. */
    enum Tee implements Fault {
        ABSENT,
        DEAD;

        @Override
        public void begin(SecureBoard board) {
            if (this == ABSENT) {
                board.secureWorld().setPresent(false);
            } else {
                board.secureWorld().kill();
            }
        }

        @Override
        public void end(SecureBoard board) {
            board.secureWorld().setPresent(true);
            board.secureWorld().revive();
        }
    }
}
