package io.dmaheap.cli.play;

/** Bytes of one picture, in the formats that pipelines pass around. */
final class Frames {
    static final long KIB = 1024;
    static final long MIB = 1024 * KIB;

    static final long NV12_720P = nv12(1280, 720);
    static final long NV12_1080P = nv12(1920, 1080);
    /** Decoders work in blocks of 16 x 16 pixels, so that 1080 rows become 1088. */
    static final long NV12_1080P_BLOCKS = nv12(1920, 1088);

    static final long NV12_540P_BLOCKS = nv12(960, 544);
    static final long NV12_2160P = nv12(3840, 2160);
    static final long ARGB_1080P = argb(1920, 1080);

    private Frames() {}

    /** One byte of brightness for each pixel, and two of colour for each four. */
    static long nv12(int width, int height) {
        return width * (long) height * 3 / 2;
    }

    /** Like NV12 with ten bits in two bytes. */
    static long p010(int width, int height) {
        return 2 * nv12(width, height);
    }

    static long argb(int width, int height) {
        return width * (long) height * 4;
    }

    /** Sensor values, four of ten bits in five bytes. */
    static long raw10(int width, int height) {
        return width * (long) height * 5 / 4;
    }

    /** Sensor values in two bytes each. */
    static long raw16(int width, int height) {
        return width * (long) height * 2;
    }
}
