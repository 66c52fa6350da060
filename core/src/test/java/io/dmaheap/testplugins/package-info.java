/** Plugin jars for the tests of every module that loads plugins. */
@NullMarked
package io.dmaheap.testplugins;

import org.jspecify.annotations.NullMarked;
