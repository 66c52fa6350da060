/** Tests of what a process gets that is not root's, or in a cgroup. Run by name: they start many JVMs, and depend on no kernel version. */
@NullMarked
package io.dmaheap.vm.user;

import org.jspecify.annotations.NullMarked;
