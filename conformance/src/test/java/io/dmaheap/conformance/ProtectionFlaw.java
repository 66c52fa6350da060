package io.dmaheap.conformance;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.Answer;
import io.dmaheap.Protection;
import io.dmaheap.Protection.Kind;
import io.dmaheap.Traits;
import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.Memory;
import java.util.Locale;
import java.util.Optional;

/** One thing that a restricted heap does wrong, and the test of the contract that must notice. */
enum ProtectionFlaw {
    /** None: the control, without which every finding would prove nothing. */
    NONE(""),
    NAMES_THE_CPU("theAccessListSaysWhatTheBusLetsThrough") {
        @Override
        Memory spoil(Memory memory) {
            return listing(memory, AccessList.of("cpu", Access.READ));
        }
    },
    NAMES_NOBODY("theAccessListSaysWhatTheBusLetsThrough") {
        @Override
        Memory spoil(Memory memory) {
            return listing(memory, AccessList.NOBODY);
        }
    },
    HASTY_DESCRIPTOR("aBufferThatIsNotSharedHasNoDescriptor") {
        @Override
        Memory spoil(Memory memory) {
            memory.exportFd().close();
            return memory;
        }
    },
    KEEPS_PLACES("aFullHeapRefusesAndRecovers") {
        @Override
        Memory spoil(Memory memory) {
            return new ForwardingMemory(memory) {
                @Override
                public void release() {}
            };
        }
    },
    PROMISES_ZEROS("memoryPromisedAsZerosIsZerosToDevicesAsWell") {
        @Override
        Traits traits() {
            return super.traits().withZeroed(Answer.YES);
        }
    },
    FOR_NO_USE("theTraitsSayWhatTheMemoryIsProtectedFor") {
        @Override
        Traits traits() {
            return new Traits(Answer.YES, Answer.UNKNOWN, Answer.NO, Answer.NO, 4096, Optional.empty());
        }
    };

    private final String noticedBy;

    ProtectionFlaw(String noticedBy) {
        this.noticedBy = noticedBy;
    }

    String heapName() {
        return "protection-flaw-" + name().toLowerCase(Locale.ROOT);
    }

    String noticedBy() {
        return noticedBy;
    }

    Traits traits() {
        return Traits.protectedFor(new Protection(Kind.INACCESSIBLE, "conformance"));
    }

    Memory spoil(Memory memory) {
        return memory;
    }

    private static Memory listing(Memory memory, AccessList list) {
        return new ForwardingMemory(memory) {
            @Override
            public Optional<AccessList> accessList() {
                return Optional.of(list);
            }
        };
    }
}
