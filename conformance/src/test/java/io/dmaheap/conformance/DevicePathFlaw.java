package io.dmaheap.conformance;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.Attachment;
import io.dmaheap.Device;
import io.dmaheap.DeviceMapping;
import io.dmaheap.DmaBuf;
import io.dmaheap.Heaps;
import io.dmaheap.tee.Tee;
import java.lang.foreign.MemorySegment;

/** What may be wrong with a data path through the GPU, and the test of the contract that notices it. */
enum DevicePathFlaw {
    /** Nothing. */
    NONE(""),
    /** What the GPU writes does not arrive. */
    LOSES_WRITES("whatIsInjectedIsTransformedAndDumpedAtAnyOffset") {
        @Override
        DeviceMapping spoil(DeviceMapping working) {
            return Spoiled.by(DeviceMapping.class, working, "write", _ -> null);
        }
    },
    /** The GPU reads something else than there is. */
    READS_STALE_BYTES("theDigestThatIsTakenInsideIsTheOneOfTheContents") {
        @Override
        DeviceMapping spoil(DeviceMapping working) {
            return Spoiled.by(DeviceMapping.class, working, "read", arguments -> {
                ((MemorySegment) arguments[1]).fill((byte) 0x5A);
                return null;
            });
        }
    },
    /** A reference beyond the buffer goes to the bus, and something comes back. */
    READS_BEYOND_THE_END("aRangeThatLeavesTheBufferIsRefusedBeforeAnybodyInsideSeesIt") {
        @Override
        DeviceMapping spoil(DeviceMapping working) {
            return Spoiled.by(DeviceMapping.class, working, "read", arguments -> {
                try {
                    working.read((long) arguments[0], (MemorySegment) arguments[1]);
                } catch (IndexOutOfBoundsException silence) {
                    ((MemorySegment) arguments[1]).fill((byte) 0);
                }
                return null;
            });
        }
    },
    /** The secure world may work on the GPU's memory. */
    LETS_THE_TEE_IN("aTrustedApplicationIsNotLetIn") {
        @Override
        Tee spoil(Tee working) {
            return Spoiled.by(
                    Tee.class,
                    working,
                    "register",
                    arguments -> working.allocate(((DmaBuf) Spoiled.unspoiled(arguments[0])).size()));
        }
    },
    /** The display may look into the GPU's memory, as everybody may look into normal memory. */
    LETS_THE_DISPLAY_IN("noOtherDeviceIsLetIn") {
        @Override
        boolean opens(String device, DmaBuf buffer) {
            return device.equals("display") && forGpu(buffer);
        }
    },
    /** The GPU may put what it has into the camera's memory. */
    LETS_CONTENTS_OUT("contentsGoNowhereThatTheFirewallClosesToTheDevice") {
        @Override
        boolean opens(String device, DmaBuf buffer) {
            return device.equals("gpu") && !forGpu(buffer);
        }
    };

    private final String noticedBy;

    DevicePathFlaw(String noticedBy) {
        this.noticedBy = noticedBy;
    }

    String noticedBy() {
        return noticedBy;
    }

    private static boolean forGpu(DmaBuf buffer) {
        return buffer.canAccess("gpu", Access.READ_WRITE) == Answer.YES;
    }

    DeviceMapping spoil(DeviceMapping working) {
        return working;
    }

    Tee spoil(Tee working) {
        return working;
    }

    /** Whether the device is attached to the buffer although it may not be. */
    boolean opens(String device, DmaBuf buffer) {
        return false;
    }

    /** Heaps whose devices and secure world have the flaw. */
    Heaps spoil(Heaps working) {
        var devices = Spoiled.by(
                Heaps.class,
                working,
                "device",
                arguments -> working.device((String) arguments[0]).map(this::device));
        return Spoiled.by(Heaps.class, devices, "openTee", arguments -> spoil(working.openTee((String) arguments[0])));
    }

    private Device device(Device working) {
        return Spoiled.by(Device.class, working, "attach", arguments -> {
            var buffer = (DmaBuf) arguments[0];
            return opens(working.info().name(), buffer) ? open() : attachment(working.attach(buffer));
        });
    }

    private Attachment attachment(Attachment working) {
        return Spoiled.by(Attachment.class, working, "map", arguments -> spoil(working.map((Access) arguments[0])));
    }

    /** Attached to nothing that anybody counts. */
    private static Attachment open() {
        return new Attachment() {
            @Override
            public DeviceMapping map(Access direction) {
                throw new AssertionError("only attached");
            }

            @Override
            public void close() {}
        };
    }
}
