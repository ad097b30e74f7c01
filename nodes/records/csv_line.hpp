#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::detail {

/// Splits one line by RFC 4180: fields between `delimiter`, quoted ones may hold it, and `""` stands for a
/// quote. A carriage return at the end is not part of the line. Replaces `fields`; an empty line is one empty
/// field. Throws `error("bad_csv")` that names the byte: a quoted field that is not closed, or that goes on
/// after its closing quote.
void split_csv_line(std::string_view line, char delimiter, std::vector<std::string>& fields);

} // namespace sluice::detail
