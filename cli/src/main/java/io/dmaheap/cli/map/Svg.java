package io.dmaheap.cli.map;

import java.util.Locale;

/** An SVG document that grows downwards. Lengths are user units, which are pixels unless somebody scales the picture. */
final class Svg {
    private static final String FONT = "font-family=\"system-ui, 'DejaVu Sans', Arial, sans-serif\"";

    private final int width;
    private final StringBuilder body = new StringBuilder();

    Svg(int width) {
        this.width = width;
    }

    /** A filled rectangle with a hairline of white around it, which tells neighbours apart; the title shows under the pointer. */
    Svg rectangle(double x, double y, double w, double h, String fill, String title) {
        body.append(String.format(
                Locale.ROOT,
                "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"%s\" stroke=\"#fff\" stroke-width=\"0.6\">",
                x,
                y,
                w,
                h,
                fill));
        body.append("<title>").append(escaped(title)).append("</title></rect>\n");
        return this;
    }

    Svg line(double x1, double y1, double x2, double y2) {
        body.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\" stroke=\"#6b7280\" stroke-width=\"1\"/>%n",
                x1,
                y1,
                x2,
                y2));
        return this;
    }

    /** Text whose anchor is {@code start}, {@code middle} or {@code end}; {@code style} adds attributes. */
    Svg text(double x, double y, int size, String anchor, String style, String text) {
        body.append(String.format(
                Locale.ROOT,
                "<text x=\"%.2f\" y=\"%.2f\" font-size=\"%d\" text-anchor=\"%s\" %s>",
                x,
                y,
                size,
                anchor,
                style));
        body.append(escaped(text)).append("</text>\n");
        return this;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** The whole document, so high. */
    String document(double height) {
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" width=\"%d\" height=\"%.0f\" %s>%n",
                        width,
                        height,
                        width,
                        height,
                        FONT)
                + """
                <defs>
                <pattern id="lent" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect width="8" height="8" fill="#fde68a"/><rect width="3" height="8" fill="#d97706"/></pattern>
                <pattern id="free" width="6" height="6" patternUnits="userSpaceOnUse">
                <rect width="6" height="6" fill="#f3f4f6"/><circle cx="3" cy="3" r="0.8" fill="#c4c9d1"/></pattern>
                </defs>
                <rect width="100%" height="100%" fill="#ffffff"/>
                """
                + body + "</svg>\n";
    }
}
