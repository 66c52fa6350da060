package io.dmaheap.conformance.zoo;

/**
 * One kind of a bad plugin.
 *
 * @param specimen how its jar is made
 * @param expected what the framework makes of it
 */
record Kind(String name, Specimen specimen, Expected expected) {
    @Override
    public String toString() {
        return name;
    }
}
