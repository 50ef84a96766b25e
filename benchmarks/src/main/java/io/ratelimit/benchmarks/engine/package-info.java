/** The engine beside the workers of other libraries, end to end. */
@NullMarked
package io.ratelimit.benchmarks.engine;

import org.jspecify.annotations.NullMarked;
