package io.dmaheap.emulator.tee;

import io.dmaheap.emulator.devicetree.AddressRange;
import java.util.List;

/** What the firewall and the memory do for the secure side. */
public interface ProtectedPages {

    /** Clears pages. */
    void clear(AddressRange range);

    /** The loans that begin in a range, ascending. */
    List<AddressRange> loansIn(AddressRange range);

    /** Whether pages that were lent as one loan are protected already. */
    boolean isProtected(AddressRange range);

    /** Protects pages that the normal world has lent, as one loan. */
    void protect(AddressRange range);

    /** Clears pages that were protected, and ends that. */
    void release(AddressRange range);
}
