#include "nodes/records/csv_line.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::detail {

namespace {

/// Reads the quoted field that begins at `at` and returns the place after its closing quote.
std::size_t read_quoted(std::string_view line, std::size_t at, std::string& field) {
  const auto opened = at++;
  for (;;) {
    const auto quote = line.find('"', at);
    if (quote == std::string_view::npos)
      throw error("bad_csv", fmt::format("bad CSV: the quote at byte {} is not closed on this line", opened));
    field.append(line.substr(at, quote - at));
    at = quote + 1;
    if (at == line.size() || line[at] != '"')
      return at;
    field.push_back('"');
    ++at;
  }
}

} // namespace

void split_csv_line(std::string_view line, char delimiter, std::vector<std::string>& fields) {
  fields.clear();
  if (!line.empty() && line.back() == '\r')
    line.remove_suffix(1);
  std::size_t at = 0;
  for (;;) {
    auto& field = fields.emplace_back();
    if (at < line.size() && line[at] == '"') {
      at = read_quoted(line, at, field);
      if (at < line.size() && line[at] != delimiter)
        throw error("bad_csv",
                    fmt::format("bad CSV at byte {}: expected '{}' after the closing quote", at, delimiter));
    } else {
      const auto end = std::min(line.find(delimiter, at), line.size());
      field = line.substr(at, end - at);
      at = end;
    }
    if (at == line.size())
      return;
    ++at; // the delimiter
  }
}

} // namespace sluice::detail
