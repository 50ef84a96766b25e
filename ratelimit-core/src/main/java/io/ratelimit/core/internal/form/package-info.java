/** Values as text that a store keeps. */
@NullMarked
package io.ratelimit.core.internal.form;

import org.jspecify.annotations.NullMarked;
