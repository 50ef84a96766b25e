/**
 * {@code api}: an API with an exact limit for trying out a handler, and the options of a real one.
 */
@NullMarked
package io.ratelimit.cli.api;

import org.jspecify.annotations.NullMarked;
