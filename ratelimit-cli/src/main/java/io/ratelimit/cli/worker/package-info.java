/** {@code worker}: serves the managers of a task queue. */
@NullMarked
package io.ratelimit.cli.worker;

import org.jspecify.annotations.NullMarked;
