# SPDX-License-Identifier: Apache-2.0
# The reading half of include_direction.sh; `rules` is the path of include_rules.txt.

BEGIN {
  while ((getline line < rules) > 0) {
    sub(/#.*/, "", line)
    count = split(line, word, " ")
    if (count == 0) continue
    allowed[word[1]] = " "
    for (i = 2; i <= count; ++i) allowed[word[1]] = allowed[word[1]] word[i] " "
  }
}

# The longest folder above `path` that has a row in the table.
function folderOf(path) {
  while (sub(/\/[^\/]*$/, "", path))
    if (path in allowed) return path
  return ""
}

# What an include belongs to: a row of the table, "sdk", "support", a library, or "" for the rest.
# Both core/ and plugins/ may have a folder of its first name: the longer match has it.
function owner(name,   inCore, inPlugins) {
  if (name ~ /^holdfast\/sdk\//) return "sdk"
  if (name ~ /^holdfast\/support\//) return "support"
  inCore = folderOf("core/" name)
  inPlugins = folderOf("plugins/" name)
  if (length(inPlugins) - length("plugins") > length(inCore) - length("core")) return inPlugins
  if (inCore != "") return inCore
  if (name ~ /^boost\/dll(\/|\.hpp$)/) return "boost-dll"
  if (name ~ /^boost\//) return "boost"
  if (name ~ /^Poco\//) return "poco"
  if (name ~ /^curl\//) return "curl"
  if (name ~ /^sqlite3/) return "sqlite"
  if (name ~ /^openssl\//) return "openssl"
  if (name ~ /^kainjow\//) return "mustache"
  if (name == "zlib.h") return "zlib"
  if (name ~ /^prometheus\//) return "prometheus"
  if (name ~ /^(gtest|gmock)\//) return "gtest"
  return ""
}

function report(text) {
  printf "%s:%d: %s\n", FILENAME, FNR, text
  ++findings
}

FNR == 1 {
  folder = folderOf(FILENAME)
  own = folder == "sdk/include" ? "sdk" : folder == "sdk/support" ? "support" : folder
  if (folder == "") report("this folder has no row in tests/structure/include_rules.txt")
}

/^[ \t]*#[ \t]*include[ \t]*[<"]/ && folder != "" {
  name = $0
  sub(/^[^<"]*[<"]/, "", name)
  sub(/[>"].*/, "", name)
  if (name ~ /(^|\/)\.\.\//) {
    report("includes \"" name "\" by a path upwards; name it from core/ or the include folder")
    next
  }
  what = owner(name)
  if (what != "" && what != own && index(allowed[folder], " " what " ") == 0)
    report("includes " name " (" what "); " folder " may include:" allowed[folder])
}

END { exit findings > 0 }
