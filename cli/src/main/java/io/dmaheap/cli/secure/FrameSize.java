package io.dmaheap.cli.secure;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The size of a picture in NV12: a byte of brightness for each pixel, and half as much of colour.
 *
 * @param width pixels
 * @param height pixels
 */
public record FrameSize(int width, int height) {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");
    private static final int LARGEST = 16384;

    /** From large to small, for pools that do not say how large they are. */
    static final List<FrameSize> USUAL = List.of(
            new FrameSize(1920, 1088), new FrameSize(1280, 720), new FrameSize(640, 360), new FrameSize(320, 180));

    /** Checks the numbers. */
    public FrameSize {
        if (width < 1 || height < 1 || width > LARGEST || height > LARGEST || width % 2 != 0 || height % 2 != 0) {
            throw new IllegalArgumentException("width and height of a picture are even numbers up to " + LARGEST
                    + ", not " + width + "x" + height);
        }
    }

    /**
     * Reads {@code 1280x720}.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    public static FrameSize parse(String text) {
        Matcher parts = SIZE.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no size of a picture: write 1280x720");
        }
        return new FrameSize(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
    }

    /** The bytes of a picture. */
    public long bytes() {
        return (long) width * height * 3 / 2;
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }
}
