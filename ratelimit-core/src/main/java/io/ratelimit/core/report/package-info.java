/** What happened in a round: recorded as it happens, reported when it is over. */
@NullMarked
package io.ratelimit.core.report;

import org.jspecify.annotations.NullMarked;
