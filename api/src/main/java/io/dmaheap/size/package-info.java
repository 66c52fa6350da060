/** Sizes as people write them, for the policy, the command and the platforms of this project. Not part of the API. */
@NullMarked
package io.dmaheap.size;

import org.jspecify.annotations.NullMarked;
