#include "model/run/step_graph_reader.hpp"

#include "model/base/error.hpp"
#include "model/base/name.hpp"
#include "model/config/suggestion.hpp"
#include "model/run/json_fields.hpp"
#include "model/run/json_members.hpp"
#include "model/run/step_graph_check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace sluice {

namespace {

using detail::json_fields;
using nlohmann::ordered_json;

class graph_reader {
public:
  /// Without catalog kinds are not looked up.
  graph_reader(const step_catalog* catalog, const step_graph_limits& limits, findings& out)
      : catalog_(catalog), limits_(&limits), out_(&out) {}

  step_graph read(const ordered_json& document, const std::string& path) {
    step_graph graph;
    if (!document.is_object()) {
      report(finding_code::bad_value, path,
             fmt::format("expected an object with version and steps, found {}", detail::excerpt(document)));
      return graph;
    }
    json_fields fields(document, path, {"version", "steps", "entry_step"}, *out_);
    read_version(fields);
    if (const auto* steps = fields.require("steps", "an object with a member for each step"))
      read_steps(*steps, fields, graph);
    if (std::string entry; fields.find("entry_step") != nullptr && !fields.find("entry_step")->is_null()) {
      const auto before = out_->size();
      fields.read_string("entry_step", entry);
      if (out_->size() == before)
        graph.entry_step = std::move(entry);
    }
    return graph;
  }

private:
  void report(const char* code, std::string path, std::string text) {
    out_->push_back({finding::level::error, code, std::move(path), std::move(text), {}});
  }

  void read_version(json_fields& fields) {
    const auto* const value = fields.require("version", fmt::format("{}", step_graph::version));
    if (value != nullptr && !(value->is_number_integer() && *value == step_graph::version))
      fields.report_wanted("version", *value,
                           fmt::format("{}, the one version that this Sluice reads", step_graph::version));
  }

  void read_steps(const ordered_json& steps, json_fields& fields, step_graph& graph) {
    if (!steps.is_object() || steps.empty())
      return fields.report_wanted("steps", steps, "an object with a member for each step, at least one");
    if (steps.size() > limits_->steps)
      return fields.report(
          finding_code::too_large, "steps",
          fmt::format("{} steps are more than {}; split the run", steps.size(), limits_->steps));
    const auto path = fields.path_of("steps");
    graph.steps.reserve(steps.size());
    for (const auto& member : steps.get_ref<const ordered_json::object_t&>())
      graph.steps.push_back(read_step(member.first, member.second, member_path(path, member.first)));
  }

  step_spec read_step(const std::string& id, const ordered_json& value, const std::string& path) {
    step_spec step;
    step.id = id;
    step.params = json(ordered_json::object());
    if (!is_valid_name(id))
      report(
          finding_code::bad_name, path,
          fmt::format("'{}' cannot name a step: use at most 128 letters, digits, _ and -, and begin with a "
                      "letter or _",
                      id.substr(0, 160)));
    if (!value.is_object()) {
      report(
          finding_code::bad_value, path,
          fmt::format("expected an object such as {{\"kind\": \"noop\"}}, found {}", detail::excerpt(value)));
      return step;
    }
    json_fields fields(value, path, {"kind", "deps", "params", "retry", "timeout"}, *out_);
    const auto* const kind = read_kind(fields, step);
    read_deps(fields, step);
    read_params(fields, kind, step);
    read_retry(fields, step.retry);
    if (fields.find("timeout") != nullptr)
      fields.read_duration("timeout", std::chrono::milliseconds{1}, defaults::step_timeout_limit,
                           step.timeout.emplace());
    return step;
  }

  const step_kind* read_kind(json_fields& fields, step_spec& step) {
    if (fields.require("kind", "the name of a step kind") == nullptr)
      return nullptr;
    const auto before = out_->size();
    fields.read_string("kind", step.kind);
    if (out_->size() != before || catalog_ == nullptr)
      return nullptr;
    const auto* const kind = catalog_->find(step.kind);
    if (kind == nullptr) {
      const auto names = catalog_->names();
      const auto near = suggest(step.kind, names);
      fields.report(finding_code::unknown_kind, "kind",
                    fmt::format("there is no step kind '{}'{}", step.kind,
                                near.empty() ? fmt::format("; kinds are {}", fmt::join(names, ", ")) : near));
    }
    return kind;
  }

  void read_deps(json_fields& fields, step_spec& step) {
    const auto* const deps = fields.find("deps");
    if (deps == nullptr)
      return;
    if (!deps->is_array())
      return fields.report_wanted("deps", *deps, "a list of step ids");
    for (std::size_t i = 0; i < deps->size(); ++i) {
      const auto& dep = (*deps)[i];
      if (dep.is_string())
        step.deps.push_back(dep.get<std::string>());
      else
        report(finding_code::bad_value, item_path(fields.path_of("deps"), i),
               fmt::format("expected the id of a step, found {}", detail::excerpt(dep)));
    }
  }

  void read_params(json_fields& fields, const step_kind* kind, step_spec& step) {
    if (const auto* params = fields.find("params")) {
      if (!params->is_object())
        return fields.report_wanted("params", *params, "an object");
      step.params = json(*params);
      const auto bytes = step.params.dump().size();
      if (bytes > limits_->params_bytes)
        return fields.report(finding_code::too_large, "params",
                             fmt::format("{} bytes of params are more than {}; put what is large into a file",
                                         bytes, limits_->params_bytes));
    }
    if (kind != nullptr && kind->check)
      kind->check(step.params, fields.path_of("params"), *out_);
  }

  void read_retry(json_fields& fields, retry_policy& retry) {
    const auto* const value = fields.find("retry");
    if (value == nullptr)
      return;
    if (!value->is_object())
      return fields.report_wanted("retry", *value, "an object such as {\"max_attempts\": 3}");
    json_fields inner(*value, fields.path_of("retry"),
                      {"max_attempts", "backoff", "delay", "max_delay", "jitter"}, *out_);
    inner.read_count("max_attempts", 1, defaults::retry_attempts_limit, retry.max_attempts);
    read_backoff(inner, retry);
    constexpr std::chrono::milliseconds none{0};
    inner.read_duration("delay", none, defaults::step_timeout_limit, retry.delay);
    if (inner.find("max_delay") == nullptr)
      retry.max_delay = std::max(retry.max_delay, retry.delay);
    inner.read_duration("max_delay", none, defaults::step_timeout_limit, retry.max_delay);
    inner.read_share("jitter", retry.jitter);
    if (retry.max_delay < retry.delay)
      inner.report(
          finding_code::bad_value, "max_delay",
          fmt::format("{} ms is less than the delay of {} ms", retry.max_delay.count(), retry.delay.count()));
  }

  void read_backoff(json_fields& fields, retry_policy& retry) {
    const auto* const value = fields.find("backoff");
    if (value == nullptr)
      return;
    const auto kind = value->is_string() ? parse_backoff_kind(value->get<std::string>()) : std::nullopt;
    if (kind)
      retry.backoff = *kind;
    else
      fields.report_wanted("backoff", *value, fmt::format("one of {}", fmt::join(backoff_names(), ", ")));
  }

  const step_catalog* catalog_;
  const step_graph_limits* limits_;
  findings* out_;
};

} // namespace

std::optional<step_graph> read_step_graph(const json& document, const std::string& path,
                                          const step_catalog& catalog, findings& out,
                                          const step_graph_limits& limits) {
  findings mine;
  auto graph = graph_reader(&catalog, limits, mine).read(document.value(), path);
  if (!graph.steps.empty())
    check_step_graph(graph, path, mine);
  const bool usable = !has_errors(mine);
  out.insert(out.end(), std::make_move_iterator(mine.begin()), std::make_move_iterator(mine.end()));
  return usable ? std::optional(std::move(graph)) : std::nullopt;
}

std::optional<step_graph> parse_step_graph(std::string_view text, const step_catalog& catalog, findings& out,
                                           const step_graph_limits& limits) {
  const auto refuse = [&](const char* code, std::string trouble) {
    out.push_back({finding::level::error, code, "", std::move(trouble), {}});
    return std::nullopt;
  };
  if (text.size() > limits.bytes)
    return refuse(finding_code::too_large,
                  fmt::format("{} bytes are more than {}; split the run", text.size(), limits.bytes));
  json document;
  try {
    document = json::parse(text);
  } catch (const error& trouble) {
    return refuse(finding_code::syntax, trouble.what());
  }
  findings repeated;
  find_duplicate_members(text, "", repeated);
  auto graph = read_step_graph(document, "", catalog, out, limits);
  const bool unique = repeated.empty();
  out.insert(out.end(), std::make_move_iterator(repeated.begin()), std::make_move_iterator(repeated.end()));
  return unique ? std::move(graph) : std::nullopt;
}

step_graph load_step_graph(std::string_view persisted) {
  constexpr auto any = std::numeric_limits<std::size_t>::max();
  const step_graph_limits no_limits{any, any, any};
  findings found;
  step_graph graph;
  try {
    graph = graph_reader(nullptr, no_limits, found).read(json::parse(persisted).value(), "");
  } catch (const error& trouble) {
    throw error("store_corrupt", fmt::format("a persisted step graph cannot be read: {}", trouble.what()));
  }
  if (!found.empty())
    throw error("store_corrupt",
                fmt::format("a persisted step graph is wrong: {}", to_string(found.front())));
  return graph;
}

} // namespace sluice
