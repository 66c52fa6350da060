package io.dmaheap.testkit.rules;

/** Code that a plugin must not contain, in a class that stands alone. */
final class PrintingHelper {
    void sin() {
        System.out.println("hello");
    }
}
