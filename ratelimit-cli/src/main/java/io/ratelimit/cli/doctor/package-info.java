/** {@code doctor}: checks, and what to do about what is wrong. */
@NullMarked
package io.ratelimit.cli.doctor;

import org.jspecify.annotations.NullMarked;
