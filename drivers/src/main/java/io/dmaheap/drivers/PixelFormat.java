package io.dmaheap.drivers;

/**
 * How a camera lays out an image, after it had its say.
 *
 * @param width pixels
 * @param height lines
 * @param fourcc the pixel format, see {@link #fourcc(String)}
 * @param bytesPerLine bytes from one line to the next
 * @param sizeImage bytes that a buffer must have at least
 */
public record PixelFormat(int width, int height, int fourcc, int bytesPerLine, int sizeImage) {

    /** The number of a four-character code, such as {@code XR24} (blue, green, red, unused). */
    public static int fourcc(String code) {
        if (code.length() != 4) {
            throw new IllegalArgumentException("a fourcc has four characters, not " + code);
        }
        return code.charAt(0) | code.charAt(1) << 8 | code.charAt(2) << 16 | code.charAt(3) << 24;
    }
}
