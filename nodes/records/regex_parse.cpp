#include "nodes/records/regex_parse.hpp"

#include "nodes/records/record_builder.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <memory>
#include <string>
#include <vector>

namespace sluice {

namespace {

constexpr const char* pattern_option = "pattern";

std::unique_ptr<re2::RE2> compile(const std::string& pattern) {
  re2::RE2::Options options;
  options.set_encoding(re2::RE2::Options::EncodingLatin1); // text is bytes, and need not be UTF-8
  options.set_log_errors(false);
  auto compiled = std::make_unique<re2::RE2>(pattern, options);
  if (!compiled->ok())
    throw option_error(pattern_option,
                       fmt::format("'{}' is not a pattern of RE2: {}", pattern, compiled->error()));
  if (compiled->CapturingGroupNames().empty())
    throw option_error(pattern_option,
                       fmt::format("'{}' has no named group, so it would give nothing; write one "
                                   "as (?P<name>...)",
                                   pattern));
  return compiled;
}

class regex_parse final : public node {
public:
  explicit regex_parse(const std::string& pattern) : pattern_(compile(pattern)) {
    for (const auto& [group, name] : pattern_->CapturingGroupNames())
      names_.push_back({static_cast<std::size_t>(group), name});
    groups_.resize(names_.back().group + 1);
  }

  void on_message(node_context& context, std::size_t, message& in) override {
    auto line = in.get<text>().view();
    if (line.empty())
      line = ""; // RE2 marks a group that took no part by a null pointer, which an empty text has too
    const re2::StringPiece subject(line.data(), line.size());
    if (!pattern_->Match(subject, 0, subject.size(), re2::RE2::UNANCHORED, groups_.data(),
                         static_cast<int>(groups_.size()))) {
      context.fail(std::move(in), "no_match",
                   fmt::format("the text does not match '{}'", pattern_->pattern()));
      return;
    }
    for (const auto& [group, name] : names_)
      add(name, groups_[group]);
    context.emit(0, in.with(record_.finish()));
  }

private:
  struct named_group {
    std::size_t group;
    std::string name;
  };

  void add(const std::string& name, const re2::StringPiece& found) {
    if (found.data() == nullptr)
      record_.add_null(name);
    else
      record_.add_text(name, {found.data(), found.size()});
  }

  std::unique_ptr<re2::RE2> pattern_;
  /// By number of group, so in the order of the pattern.
  std::vector<named_group> names_;
  std::vector<re2::StringPiece> groups_;
  detail::record_builder record_;
};

} // namespace

node_type regex_parse_type() {
  node_type type;
  type.name = "regex_parse";
  type.category = "transform";
  type.summary = "Reads each text with a regular expression; its named groups become an object.";
  type.description = "The pattern is RE2's and takes time in proportion to the text, whatever the pattern. "
                     "It may match anywhere in the "
                     "text; anchor it with ^ and $. Members stand in the order of the groups; their values "
                     "are strings, or null for a "
                     "group that took no part. The pattern works on bytes, so text need not be UTF-8: `.` "
                     "matches one byte, and bytes "
                     "that are not UTF-8 become U+FFFD in the object.\n\n"
                     "A text that does not match is the error no_match with the text as it came.";
  type.options = {{pattern_option, option_kind::string, true, "",
                   "the regular expression, with at least one named group: (?P<name>...)"}};
  type.ports.inputs = {{input_port, port_type::of<text>(), "text, such as lines of a log"}};
  type.ports.outputs = {{output_port, port_type::of<json>(), "one object for each text that matches"}};
  type.example = R"({ type: regex_parse, pattern: '^(?P<host>\S+) .* (?P<status>\d{3})$' })";
  type.make = [](const options& given) {
    return std::make_unique<regex_parse>(given.get_string(pattern_option));
  };
  return type;
}

} // namespace sluice
