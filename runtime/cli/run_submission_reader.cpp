#include "runtime/cli/run_submission_reader.hpp"

#include "model/base/error.hpp"
#include "model/run/step_graph_reader.hpp"
#include "runtime/cli/moment.hpp"
#include "runtime/cli/text_input.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace sluice {

namespace {

/// Nobody reads further.
constexpr std::size_t findings_shown = 100;

/// Collects findings of several places as they are shown.
class complaint_book {
public:
  void add(const findings& found, const std::string& file) {
    for (const auto& one : found) {
      if (count_++ < findings_shown)
        text_ += to_string(one, file) + '\n';
      failed_ |= one.is_error();
    }
  }
  void add(const char* code, std::string text, const std::string& file) {
    add({{finding::level::error, code, "", std::move(text), {}}}, file);
  }

  bool failed() const noexcept { return failed_; }
  std::string text() const {
    return count_ <= findings_shown ? text_
                                    : text_ + fmt::format("and {} more findings\n", count_ - findings_shown);
  }

private:
  std::string text_;
  std::size_t count_ = 0;
  bool failed_ = false;
};

std::optional<std::string> read_file(const std::string& file, cli_streams& streams, complaint_book& book) {
  try {
    return read_input(file, streams);
  } catch (const error& trouble) {
    book.add(finding_code::syntax, trouble.what(), input_name(file));
    return std::nullopt;
  }
}

/// The limit is that of the text that will be kept; YAML's own may be longer by its comments.
bool fits(const json& document, std::size_t written, complaint_book& book, const std::string& file) {
  const step_graph_limits limits;
  const auto bytes = std::min(written, document.dump().size());
  if (bytes <= limits.bytes)
    return true;
  book.add(finding_code::too_large,
           fmt::format("{} bytes are more than {}; split the run", bytes, limits.bytes), file);
  return false;
}

/// Reads the graph into `read`, and checks it if its kinds are known. Returns whether it may be submitted.
bool read_graph(const runs_submit_arguments& arguments, const step_catalog* kinds, cli_streams& streams,
                complaint_book& book, read_submission& read) {
  read.file = input_name(arguments.file);
  const auto text = read_file(arguments.file, streams, book);
  if (!text)
    return false;
  auto document = read_run_document(*text, arguments.file);
  if (document.value && fits(*document.value, text->size(), book, read.file)) {
    read.graph = *document.value;
    if (kinds != nullptr)
      if (auto graph = read_step_graph(read.graph, "", *kinds, document.found))
        read.submission->graph = *std::move(graph);
  }
  document.places.locate(document.found);
  book.add(document.found, read.file);
  read.places = std::move(document.places);
  return !has_errors(document.found);
}

json read_params(const std::string& given, cli_streams& streams, complaint_book& book) {
  if (given.empty())
    return {};
  const bool is_file = given.front() == '@';
  const auto file = is_file ? given.substr(1) : std::string();
  const auto text = is_file ? read_file(file, streams, book) : given;
  if (!text)
    return {};
  auto document = read_run_document(*text, is_file ? file : "--params.json");
  book.add(document.found, is_file ? input_name(file) : "--params");
  return document.value.value_or(json());
}

} // namespace

read_submission read_run_submission(const runs_submit_arguments& arguments, const step_catalog* kinds,
                                    const std::string& by, cli_streams& streams, utc_time now) {
  complaint_book book;
  read_submission read;
  auto& submission = read.submission.emplace();
  const bool usable = read_graph(arguments, kinds, streams, book, read);
  submission.params = read_params(arguments.params, streams, book);
  submission.env = arguments.env;
  submission.lane = arguments.lane;
  submission.mode = arguments.mode;
  submission.job_type = arguments.job_type;
  submission.requested_by = by;
  submission.parent_run_id = arguments.parent;
  submission.priority = arguments.priority;
  submission.idempotency_key = arguments.key;
  if (!arguments.at.empty())
    submission.available_at = resolve_moment(arguments.at, now, moment_side::future);
  findings found;
  check_submission(submission, found);
  book.add(found, "");
  if (!usable || book.failed())
    read.submission.reset();
  read.complaints = book.text();
  return read;
}

std::string show_findings_of_server(findings found, const read_submission& read) {
  constexpr std::string_view graph_member = "run_graph";
  findings in_graph;
  findings elsewhere;
  for (auto& one : found) {
    const bool below = one.path.starts_with(graph_member);
    if (below)
      one.path.erase(0, graph_member.size());
    if (below && one.path.starts_with('.'))
      one.path.erase(0, 1);
    (below ? in_graph : elsewhere).push_back(std::move(one));
  }
  read.places.locate(in_graph);
  complaint_book book;
  book.add(in_graph, read.file);
  book.add(elsewhere, "");
  return book.text();
}

} // namespace sluice
