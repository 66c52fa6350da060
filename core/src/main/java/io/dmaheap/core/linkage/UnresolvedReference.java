package io.dmaheap.core.linkage;

/**
 * A use of this API that cannot be linked.
 *
 * @param from the class of the jar, such as {@code com.vendor.heap.VendorHeaps}
 * @param what what is wrong, as the rest of a sentence that begins with the class
 */
public record UnresolvedReference(String from, String what) {
    @Override
    public String toString() {
        return "the class " + from + " " + what;
    }
}
