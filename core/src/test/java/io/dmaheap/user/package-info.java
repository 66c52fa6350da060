/** Stands for a caller: its frames are not the framework's. */
package io.dmaheap.user;
