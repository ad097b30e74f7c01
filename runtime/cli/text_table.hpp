#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Returns `text` fit for one line of a terminal: control characters and bytes that are not UTF-8 become `?`,
/// line feeds and tabs spaces. What users and commands wrote must not move the cursor.
std::string one_line(std::string_view text);

/// Rows under a heading, in columns that are as wide as they need to be; nothing is wrapped or cut.
class text_table {
public:
  enum class side : std::uint8_t { left, right };
  struct column {
    std::string title;
    side alignment = side::left;
  };

  explicit text_table(std::vector<column> columns) : columns_(std::move(columns)) {}

  /// Adds a row, a cell for each column; an empty cell is shown as `-`. Cells go through `one_line`.
  void add(std::vector<std::string> cells);
  bool empty() const noexcept { return rows_.empty(); }

  /// Returns heading and rows, each ended by a line feed, without blanks at the end.
  std::string to_string() const;

private:
  std::vector<column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

} // namespace sluice
