# SPDX-License-Identifier: Apache-2.0
#
# Hardening for every target. Debian's own package build sets the same flags through dpkg-buildflags;
# here they hold for a plain `cmake --preset release` too.

include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)

add_compile_options(-fstack-protector-strong)
add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)

# Bounds checks in libstdc++; unlike _GLIBCXX_DEBUG they leave the layout of its types alone.
add_compile_definitions(_GLIBCXX_ASSERTIONS)

# Fortified libc calls need the optimiser, and hide errors from the sanitizers. Undefined first,
# because Ubuntu's compiler defines the macro by itself.
if(NOT HOLDFAST_SANITIZE)
  add_compile_options($<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE>
                      $<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-D_FORTIFY_SOURCE=2>)
endif()
