/** What the in-memory queue holds, and each way of an event from one state to another. */
@NullMarked
package io.ratelimit.core.internal.memory;

import org.jspecify.annotations.NullMarked;
