package io.dmaheap.cli.secure;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.Attachment;
import io.dmaheap.Device;
import io.dmaheap.DeviceMapping;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The devices of a machine round protected buffers: who may pass pictures on, and what happens to all others. */
final class Pipeline {
    /** Enough to be no accident, little enough to be quick. */
    private static final int SAMPLE = 1 << 16;

    private final List<Device> devices;
    private final Optional<Device> decrypter;
    private final Optional<Device> decoder;
    private final Optional<Device> display;

    /** Finds the devices for each part, by what they may do with the buffer, and by their usual names where several may. */
    Pipeline(Heaps heaps, DmaBuf buffer) {
        devices = heaps.devices().stream()
                .flatMap(info -> heaps.device(info.name()).stream())
                .toList();
        decrypter = able(buffer, Access.WRITE, "tee");
        decoder = able(buffer, Access.READ_WRITE, "decoder");
        display = able(buffer, Access.READ, "display");
    }

    private Optional<Device> able(DmaBuf buffer, Access access, String usual) {
        List<Device> able = devices.stream()
                .filter(device -> buffer.canAccess(device.info().name(), access) == Answer.YES)
                .toList();
        return able.stream()
                .filter(device -> device.info().name().equals(usual))
                .findFirst()
                .or(() -> able.stream().findFirst());
    }

    /** Whether there are devices for the whole way. */
    boolean isComplete() {
        return decrypter.isPresent() && decoder.isPresent() && display.isPresent();
    }

    /** Whether the machine names devices at all. */
    boolean isKnown() {
        return !devices.isEmpty();
    }

    /** {@code tee > decoder > display}. */
    String way() {
        return name(decrypter) + " > " + name(decoder) + " > " + name(display);
    }

    private static String name(Optional<Device> device) {
        return device.map(one -> one.info().name()).orElse("nobody");
    }

    /**
     * Passes one picture on: decrypted into the bitstream buffer, decoded from there into the frame, shown from the frame.
     *
     * @return whether the display read what the decrypter and the decoder made of it
     */
    boolean show(DmaBuf bitstream, DmaBuf frame, long number) {
        byte[] picture = new byte[(int) Math.min(SAMPLE, Math.min(bitstream.size(), frame.size()))];
        new Random(number).nextBytes(picture);
        write(decrypter.orElseThrow(), bitstream, picture);
        byte[] decoded = read(decoder.orElseThrow(), bitstream, picture.length);
        for (int i = 0; i < decoded.length; i++) {
            decoded[i] ^= 0x5a;
        }
        write(decoder.orElseThrow(), frame, decoded);
        byte[] shown = read(display.orElseThrow(), frame, picture.length);
        for (int i = 0; i < shown.length; i++) {
            shown[i] ^= 0x5a;
        }
        return Arrays.equals(shown, picture);
    }

    /** Whether a fresh buffer holds anything but zeros, as far as the decrypter sees. */
    boolean hasOldContents(DmaBuf buffer) {
        for (byte one : read(decrypter.orElseThrow(), buffer, (int) Math.min(SAMPLE, buffer.size()))) {
            if (one != 0) {
                return true;
            }
        }
        return false;
    }

    /** Has every device try what it may not do. */
    List<Attempt> attempts(DmaBuf buffer) {
        List<Attempt> attempts = new ArrayList<>();
        for (Device device : devices) {
            for (Access access : List.of(Access.READ, Access.WRITE)) {
                if (buffer.canAccess(device.info().name(), access) == Answer.NO) {
                    attempts.add(new Attempt(device.info().name(), access, attempt(device, buffer, access)));
                }
            }
        }
        return attempts;
    }

    /**
     * A device that tried what it may not do.
     *
     * @param device its name
     * @param access what it tried
     * @param stopped how it was stopped; empty if it was not
     */
    record Attempt(String device, Access access, Optional<ErrorCode> stopped) {}

    private static Optional<ErrorCode> attempt(Device device, DmaBuf buffer, Access access) {
        try {
            if (access == Access.READ) {
                read(device, buffer, 1);
            } else {
                write(device, buffer, new byte[1]);
            }
            return Optional.empty();
        } catch (HeapException stopped) {
            return Optional.of(stopped.code());
        }
    }

    private static byte[] read(Device device, DmaBuf buffer, int length) {
        byte[] bytes = new byte[length];
        try (Attachment attachment = device.attach(buffer);
                DeviceMapping mapping = attachment.map(Access.READ)) {
            mapping.read(0, MemorySegment.ofArray(bytes));
        }
        return bytes;
    }

    private static void write(Device device, DmaBuf buffer, byte[] bytes) {
        try (Attachment attachment = device.attach(buffer);
                DeviceMapping mapping = attachment.map(Access.WRITE)) {
            mapping.write(0, MemorySegment.ofArray(bytes));
        }
    }
}
