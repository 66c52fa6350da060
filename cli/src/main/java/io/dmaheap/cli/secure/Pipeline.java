package io.dmaheap.cli.secure;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.Attachment;
import io.dmaheap.Device;
import io.dmaheap.DeviceMapping;
import io.dmaheap.DmaBuf;
import io.dmaheap.Heaps;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** The devices of a machine that may pass pictures on through protected buffers. */
final class Pipeline {
    private static final byte DECODED = 0x5a;

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

    /** All devices that the machine names. */
    List<Device> devices() {
        return devices;
    }

    /** Whether there are devices for the whole way. */
    boolean isComplete() {
        return decrypter.isPresent() && decoder.isPresent() && display.isPresent();
    }

    /** {@code tee > decoder > display}. */
    String way() {
        return name(decrypter) + " > " + name(decoder) + " > " + name(display);
    }

    private static String name(Optional<Device> device) {
        return device.map(one -> one.info().name()).orElse("nobody");
    }

    /** Where a buffer lies, if any device here may use it and so can tell. */
    Optional<Place> place(DmaBuf buffer) {
        return Stream.of(Access.READ, Access.WRITE)
                .flatMap(access -> able(buffer, access, "").map(device -> Place.of(buffer, device, access)).stream())
                .findFirst();
    }

    /**
     * Passes one picture on: decrypted into the bitstream buffer, decoded from there into the frame, shown from the frame. Every byte of
     * both is used.
     *
     * @return whether the display read what the decrypter and the decoder made of it
     */
    boolean show(DmaBuf bitstream, DmaBuf frame, long number) {
        byte[] picture = new byte[Math.toIntExact(bitstream.size())];
        new Random(number).nextBytes(picture);
        try (Attachment attachment = decrypter.orElseThrow().attach(bitstream);
                DeviceMapping mapping = attachment.map(Access.WRITE)) {
            mapping.write(0, MemorySegment.ofArray(picture));
        }
        decode(bitstream, frame);
        return shows(frame, decoded(picture));
    }

    private void decode(DmaBuf bitstream, DmaBuf frame) {
        byte[] read = new byte[Math.toIntExact(bitstream.size())];
        try (Attachment attachment = decoder.orElseThrow().attach(bitstream);
                DeviceMapping mapping = attachment.map(Access.READ)) {
            mapping.read(0, MemorySegment.ofArray(read));
        }
        MemorySegment decoded = MemorySegment.ofArray(decoded(read));
        try (Attachment attachment = decoder.orElseThrow().attach(frame);
                DeviceMapping mapping = attachment.map(Access.WRITE)) {
            for (long at = 0; at < frame.size(); at += read.length) {
                mapping.write(at, decoded.asSlice(0, Math.min(read.length, frame.size() - at)));
            }
        }
    }

    /** The picture again and again, until the frame is full. */
    private boolean shows(DmaBuf frame, byte[] decoded) {
        byte[] shown = new byte[decoded.length];
        try (Attachment attachment = display.orElseThrow().attach(frame);
                DeviceMapping mapping = attachment.map(Access.READ)) {
            for (long at = 0; at < frame.size(); at += shown.length) {
                int count = (int) Math.min(shown.length, frame.size() - at);
                mapping.read(at, MemorySegment.ofArray(shown).asSlice(0, count));
                if (!Arrays.equals(shown, 0, count, decoded, 0, count)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static byte[] decoded(byte[] picture) {
        byte[] decoded = new byte[picture.length];
        for (int i = 0; i < decoded.length; i++) {
            decoded[i] = (byte) (picture[i] ^ DECODED);
        }
        return decoded;
    }

    /** What the decoder finds in parts of a buffer that nobody has used yet. */
    Found look(DmaBuf buffer, List<Place.Part> parts) {
        try (Attachment attachment = decoder.orElseThrow().attach(buffer);
                DeviceMapping mapping = attachment.map(Access.READ)) {
            return parts.stream()
                    .map(part -> Found.in(part.offset(), part.length(), mapping::read))
                    .reduce(Found.NOTHING, Found::and);
        }
    }
}
