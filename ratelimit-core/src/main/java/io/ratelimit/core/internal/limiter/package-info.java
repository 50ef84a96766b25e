/** How permits are waited for. */
@NullMarked
package io.ratelimit.core.internal.limiter;

import org.jspecify.annotations.NullMarked;
