#pragma once

#include "model/rules/rule_reader.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace sluice {

/// Writes a file in place, as `echo > FILE` does.
inline void write_in_place(const std::filesystem::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out)
    throw std::runtime_error("cannot write " + file.native());
}

/// Writes a file beside it and renames that, as careful programs do.
inline void write_and_rename(const std::filesystem::path& file, const std::string& text) {
  auto beside = file;
  beside += ".tmp";
  write_in_place(beside, text);
  std::filesystem::rename(beside, file);
}

inline void write_and_rename(const std::filesystem::path& file, const rule& definition) {
  write_and_rename(file, write_rule(definition));
}

} // namespace sluice
