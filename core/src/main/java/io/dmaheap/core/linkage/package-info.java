/** What the linker of a JVM would say of a jar's classes and this API, found out without loading a class. */
@NullMarked
package io.dmaheap.core.linkage;

import org.jspecify.annotations.NullMarked;
