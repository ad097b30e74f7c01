#include "nodes/records/logfmt_parse.hpp"

#include "model/message/json.hpp"
#include "nodes/records/record_builder.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

namespace {

bool is_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Reads `name=value name="a value" flag`, the format of Go's kr/logfmt and Heroku's log lines.
class logfmt_reader {
public:
  logfmt_reader(std::string_view line, detail::record_builder& record) : line_(line), record_(record) {}

  void read() {
    for (skip_space(); at_ < line_.size(); skip_space())
      read_pair();
    if (record_.empty())
      fail("there is no pair name=value");
  }

private:
  [[noreturn]] void fail(std::string_view trouble) const {
    throw error("bad_logfmt", fmt::format("bad logfmt at byte {}: {}", at_, trouble));
  }

  void skip_space() noexcept {
    while (at_ < line_.size() && is_space(line_[at_]))
      ++at_;
  }

  void read_pair() {
    const auto start = at_;
    while (at_ < line_.size() && !is_space(line_[at_]) && line_[at_] != '=' && line_[at_] != '"')
      ++at_;
    const auto name = line_.substr(start, at_ - start);
    if (name.empty())
      fail(line_[at_] == '=' ? "a name is missing before '='" : "expected a name, found a quote");
    if (at_ == line_.size() || is_space(line_[at_]))
      return record_.add_true(name);
    if (line_[at_] == '"')
      fail("a name must not contain a quote");
    ++at_;
    if (at_ < line_.size() && line_[at_] == '"')
      read_quoted(name);
    else
      read_plain(name);
  }

  void read_plain(std::string_view name) {
    const auto start = at_;
    while (at_ < line_.size() && !is_space(line_[at_])) {
      if (line_[at_] == '"')
        fail("a value with a quote in it must be quoted");
      ++at_;
    }
    record_.add_text(name, line_.substr(start, at_ - start));
  }

  void read_quoted(std::string_view name) {
    const auto end = closing_quote();
    const auto quoted = line_.substr(at_, end + 1 - at_);
    if (quoted.find('\\') == std::string_view::npos)
      record_.add_text(name, quoted.substr(1, quoted.size() - 2));
    else
      record_.add_text(name, unescaped(quoted));
    at_ = end + 1;
    if (at_ < line_.size() && !is_space(line_[at_]))
      fail("expected a space after the closing quote");
  }

  std::size_t closing_quote() const {
    for (auto at = at_ + 1; at < line_.size(); ++at) {
      if (line_[at] == '"')
        return at;
      if (line_[at] == '\\')
        ++at;
    }
    fail("a quoted value is not closed");
  }

  static std::string unescaped(std::string_view quoted) {
    std::string result;
    for (std::size_t at = 1; at + 1 < quoted.size(); ++at) {
      if (quoted[at] != '\\') {
        result.push_back(quoted[at]);
        continue;
      }
      ++at;
      switch (quoted[at]) {
      case 'n':
        result.push_back('\n');
        break;
      case 'r':
        result.push_back('\r');
        break;
      case 't':
        result.push_back('\t');
        break;
      case '"':
      case '\\':
        result.push_back(quoted[at]);
        break;
      default: // not an escape of ours: kept as written
        result.push_back('\\');
        result.push_back(quoted[at]);
      }
    }
    return result;
  }

  std::string_view line_;
  detail::record_builder& record_;
  std::size_t at_ = 0;
};

class logfmt_parse final : public node {
public:
  void on_message(node_context& context, std::size_t, message& in) override {
    detail::record_builder record;
    try {
      logfmt_reader(in.get<text>().view(), record).read();
    } catch (const error& refused) {
      context.fail(std::move(in), refused.code(), refused.what());
      return;
    }
    context.emit(0, in.with(record.finish()));
  }
};

} // namespace

node_type logfmt_parse_type() {
  node_type type;
  type.name = "logfmt_parse";
  type.category = "transform";
  type.summary = "Reads each text as logfmt: name=value pairs.";
  type.description = "`level=info msg=\"two words\" took=12ms cached` becomes {\"level\": \"info\", \"msg\": "
                     "\"two words\", \"took\": "
                     "\"12ms\", \"cached\": true}: values are strings, a name alone is true, and `name=` is "
                     "the empty string. In quotes, "
                     "\\\" \\\\ \\n \\r and \\t are understood. Of pairs with one name the last wins. Bytes "
                     "that are not UTF-8 become "
                     "U+FFFD.\n\n"
                     "A quote that is not closed, a missing name or a text without any pair is the error "
                     "bad_logfmt with the text as it "
                     "came.";
  type.ports.inputs = {{input_port, port_type::of<text>(), "logfmt lines"}};
  type.ports.outputs = {{output_port, port_type::of<json>(), "one object for each text"}};
  type.example = "{ type: logfmt_parse }";
  type.make = [](const options&) { return std::make_unique<logfmt_parse>(); };
  return type;
}

} // namespace sluice
