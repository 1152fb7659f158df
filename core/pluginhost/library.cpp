// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/library.hpp"

#include <dlfcn.h>

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/library_info.hpp>
#include <boost/dll/shared_library.hpp>

namespace holdfast::pluginhost {
namespace {

// Boost names no such mode; it hands the flags to dlopen as they are.
constexpr auto kLoadMode = static_cast<boost::dll::load_mode::type>(
    static_cast<unsigned>(boost::dll::load_mode::rtld_now) |
    static_cast<unsigned>(boost::dll::load_mode::rtld_local) | unsigned{RTLD_NODELETE});

}  // namespace

std::vector<std::string> exportedSymbols(const std::filesystem::path& file) {
  return boost::dll::library_info(file).symbols();
}

struct Library::Loaded {
  boost::dll::shared_library library;
};

Library::Library(const std::filesystem::path& file)
    : loaded_(new Loaded{boost::dll::shared_library(file, kLoadMode)}) {}

Library::~Library() = default;

const holdfast_plugin_descriptor& Library::descriptor() const {
  return loaded_->library.get<const holdfast_plugin_descriptor>(HOLDFAST_PLUGIN_SYMBOL_NAME);
}

}  // namespace holdfast::pluginhost
