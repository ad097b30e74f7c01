#include "nodes/records/csv_parse.hpp"

#include "model/message/json.hpp"
#include "model/message/utf8.hpp"
#include "nodes/records/csv_line.hpp"
#include "nodes/records/record_builder.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace sluice {

namespace {

constexpr const char* header_option = "header";
constexpr const char* delimiter_option = "delimiter";

enum class header_kind { first_line, none, given };

struct csv_settings {
  header_kind header = header_kind::first_line;
  std::vector<std::string> names;
  char delimiter = ',';
};

void read_header(const config_value& value, csv_settings& out) {
  if (value.is_scalar() && (value.text() == "true" || value.text() == "false")) {
    out.header = value.text() == "true" ? header_kind::first_line : header_kind::none;
    return;
  }
  if (!value.is_list() || value.items().empty())
    throw option_error(header_option, fmt::format("expected true, false or a list of names, found {}",
                                                  value.is_scalar() ? "'" + value.text() + "'"
                                                                    : std::string(value.describe())));
  out.header = header_kind::given;
  for (const auto& item : value.items()) {
    if (!item.is_scalar())
      throw option_error(header_option, fmt::format("a name must be a string, found {}", item.describe()));
    out.names.push_back(item.text());
  }
}

char read_delimiter(const std::string& written) {
  if (written == "tab" || written == "\\t")
    return '\t';
  if (written.size() != 1 || written == "\"" || written == "\n" || written == "\r")
    throw option_error(
        delimiter_option,
        fmt::format("'{}' cannot separate fields: give one byte other than a quote, or tab", written));
  return written.front();
}

csv_settings read_settings(const options& given) {
  csv_settings result;
  read_header(given.get_any(header_option), result);
  result.delimiter = read_delimiter(given.get_string(delimiter_option));
  return result;
}

std::string_view without_byte_order_mark(std::string_view line) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  return line.substr(0, mark.size()) == mark ? line.substr(mark.size()) : line;
}

class csv_parse final : public node {
public:
  explicit csv_parse(csv_settings settings) : settings_(std::move(settings)) {}

  void on_message(node_context& context, std::size_t, message& in) override {
    try {
      read(context, in);
    } catch (const error& refused) {
      context.fail(std::move(in), refused.code(), refused.what());
    }
  }

private:
  void read(node_context& context, message& in) {
    const auto line = in.get<text>().view();
    const bool is_first = std::exchange(is_first_, false);
    detail::split_csv_line(is_first ? without_byte_order_mark(line) : line, settings_.delimiter, fields_);
    if (settings_.header == header_kind::first_line && settings_.names.empty())
      settings_.names = fields_;
    else
      context.emit(0, in.with(settings_.header == header_kind::none ? as_array() : as_object()));
  }

  json as_array() const {
    nlohmann::ordered_json::array_t items;
    items.reserve(fields_.size());
    for (const auto& field : fields_)
      items.emplace_back(replace_invalid_utf8(field));
    return json(std::move(items));
  }

  json as_object() {
    if (fields_.size() != settings_.names.size())
      throw error("bad_csv", fmt::format("bad CSV: the line has {} fields, but there are {} names",
                                         fields_.size(), settings_.names.size()));
    for (std::size_t place = 0; place < fields_.size(); ++place)
      record_.add_text(settings_.names[place], fields_[place]);
    return record_.finish();
  }

  csv_settings settings_;
  bool is_first_ = true;
  std::vector<std::string> fields_;
  detail::record_builder record_;
};

} // namespace

node_type csv_parse_type() {
  node_type type;
  type.name = "csv_parse";
  type.category = "transform";
  type.summary = "Reads each text as one line of comma-separated fields.";
  type.description = "With header: true the first line gives the names and is not sent on; with a list, the "
                     "list does; then each line "
                     "becomes an object. With header: false each line becomes an array. Values are strings. "
                     "Quoted fields follow RFC 4180 "
                     "within one line: they may hold the delimiter, and \"\" is a quote; a field cannot go "
                     "on in the next line. A carriage "
                     "return at the end of a line and a byte order mark before the first are left out; bytes "
                     "that are not UTF-8 become "
                     "U+FFFD. Of fields with one name the last wins.\n\n"
                     "A quote that is not closed, or more or fewer fields than names, is the error bad_csv "
                     "with the line as it came.";
  type.options = {{header_option, option_kind::any, false, "true",
                   "true: the first line names the fields; false: no names; or a list of names"},
                  {delimiter_option, option_kind::string, false, ",", "one byte between fields, or tab"}};
  type.ports.inputs = {{input_port, port_type::of<text>(), "lines"}};
  type.ports.outputs = {{output_port, port_type::of<json>(), "one object, or array, for each line"}};
  type.example = "{ type: csv_parse, header: [time, host, status], delimiter: ';' }";
  type.make = [](const options& given) { return std::make_unique<csv_parse>(read_settings(given)); };
  return type;
}

} // namespace sluice
