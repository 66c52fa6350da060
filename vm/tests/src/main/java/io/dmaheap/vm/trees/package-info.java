/** The emulated board made of device trees that are in use, and compared with what a kernel makes of a tree. */
@NullMarked
package io.dmaheap.vm.trees;

import org.jspecify.annotations.NullMarked;
