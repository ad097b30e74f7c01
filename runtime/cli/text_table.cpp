#include "runtime/cli/text_table.hpp"

#include "model/message/utf8.hpp"
#include "runtime/cli/character_width.hpp"

#include <algorithm>
#include <cstddef>

namespace sluice {

namespace {

/// C0, C1 and DEL: what a terminal obeys instead of showing it.
bool is_control(std::string_view character) noexcept {
  const auto byte = static_cast<unsigned char>(character.front());
  return byte < 0x20 || byte == 0x7F || (byte == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0);
}

void append_cell(std::string& line, const std::string& cell, std::size_t width, text_table::side alignment) {
  const std::string blanks(width - std::min(width, width_of(cell)), ' ');
  line += alignment == text_table::side::right ? blanks + cell : cell + blanks;
}

} // namespace

std::string one_line(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto length = utf8_sequence_length(text);
    const auto character = text.substr(0, length);
    if (character == "\n" || character == "\t" || character == "\r")
      result += ' ';
    else if (length == 0 || is_control(character))
      result += '?';
    else
      result += character;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result;
}

void text_table::add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (auto& cell : cells)
    cell = cell.empty() ? "-" : one_line(cell);
  rows_.push_back(std::move(cells));
}

std::string text_table::to_string() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    auto width = width_of(columns_[i].title);
    for (const auto& row : rows_)
      width = std::max(width, width_of(row[i]));
    widths.push_back(width);
  }
  std::string all;
  const auto append = [&](const auto& cell_of) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      line += i == 0 ? "" : "  ";
      append_cell(line, cell_of(i), widths[i], columns_[i].alignment);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    all += line + '\n';
  };
  append([&](std::size_t i) -> const std::string& { return columns_[i].title; });
  for (const auto& row : rows_)
    append([&](std::size_t i) -> const std::string& { return row[i]; });
  return all;
}

} // namespace sluice
