# SPDX-License-Identifier: Apache-2.0
#
# One warning level for every target of this tree. Included before the first target, so that no
# target can forget it; not part of the installed SDK: an outside plugin chooses its own.

add_library(holdfast_warnings INTERFACE)
target_compile_options(holdfast_warnings INTERFACE
  -Wall -Wextra -Wpedantic
  -Wconversion -Wshadow
  -Wcast-align -Wcast-qual
  -Wformat=2 -Wundef -Wvla
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual>
  $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wduplicated-branches -Wduplicated-cond -Wlogical-op>
  # `.field = value` with the rest defaulted is how value types are written down in tests.
  -Wno-missing-field-initializers
  $<$<BOOL:${HOLDFAST_WERROR}>:-Werror>)

# Not part of what an installed static library asks of those who link it.
link_libraries($<BUILD_INTERFACE:holdfast_warnings>)
