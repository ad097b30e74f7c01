#include "model/run/step_graph_check.hpp"

#include "model/base/error.hpp"
#include "model/config/suggestion.hpp"
#include "model/run/json_members.hpp"
#include "model/run/step_links.hpp"
#include "model/run/step_reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace sluice {

namespace {

class checker {
public:
  checker(const step_graph& graph, const std::string& path, findings& out)
      : graph_(&graph), links_(graph), path_(path), out_(&out) {
    for (const auto& step : graph.steps)
      ids_.push_back(step.id);
  }

  void run() {
    for (std::size_t step = 0; step < graph_->steps.size(); ++step) {
      check_deps(graph_->steps[step]);
      check_references(step);
    }
    for (const auto& cycle : links_.cycles())
      report_cycle(cycle);
    check_entry();
  }

private:
  std::string path_of(const step_spec& step, std::string_view field) const {
    return member_path(member_path(member_path(path_, "steps"), step.id), field);
  }

  void report(const char* code, std::string path, std::string text) {
    out_->push_back({finding::level::error, code, std::move(path), std::move(text), {}});
  }

  void report_unknown(std::string path, const std::string& id) {
    report(finding_code::unknown_step, std::move(path),
           fmt::format("there is no step '{}'{}", id, suggest(id, ids_)));
  }

  void check_deps(const step_spec& step) {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < step.deps.size(); ++i) {
      const auto& dep = step.deps[i];
      const auto path = item_path(path_of(step, "deps"), i);
      if (!links_.find(dep))
        report_unknown(path, dep);
      if (!seen.insert(dep).second)
        report(finding_code::bad_value, path, fmt::format("'{}' is listed twice; keep one", dep));
    }
  }

  void report_cycle(const std::vector<std::size_t>& cycle) {
    std::string way;
    for (const auto step : cycle)
      way += graph_->steps[step].id + " → ";
    const auto& first = graph_->steps[cycle.front()];
    report(finding_code::step_cycle, path_of(first, "deps"),
           fmt::format("steps wait for each other: {}{}; remove one dependency", way, first.id));
  }

  void check_entry() {
    if (!graph_->entry_step)
      return;
    const auto path = member_path(path_, "entry_step");
    const auto* const entry = graph_->find(*graph_->entry_step);
    if (entry == nullptr)
      report_unknown(path, *graph_->entry_step);
    else if (!entry->deps.empty())
      report(finding_code::bad_value, path,
             fmt::format("the entry step must not wait for others, but '{}' depends on '{}'", entry->id,
                         entry->deps.front()));
  }

  void check_references(std::size_t step) {
    const auto& spec = graph_->steps[step];
    std::optional<std::vector<bool>> before;
    visit_templates(spec.params, path_of(spec, "params"),
                    [&](const std::string& path, const std::string& text) {
                      step_template parts;
                      try {
                        parts = parse_step_template(text);
                      } catch (const error& trouble) {
                        return report(finding_code::bad_reference, path, trouble.what());
                      }
                      for (const auto& part : parts)
                        if (const auto* reference = std::get_if<step_reference>(&part))
                          check_reference(step, *reference, path, before);
                    });
  }

  /// `before` is made at the first need.
  void check_reference(std::size_t step, const step_reference& reference, const std::string& path,
                       std::optional<std::vector<bool>>& before) {
    const auto target = links_.find(reference.step);
    if (!target)
      return report_unknown(path, reference.step);
    if (!before)
      before = links_.before(step);
    if (!(*before)[*target] || *target == step)
      report(finding_code::bad_reference, path,
             fmt::format("step '{0}' need not have finished before '{1}': add '{0}' to the deps of '{1}'",
                         reference.step, graph_->steps[step].id));
  }

  const step_graph* graph_;
  step_links links_;
  std::string path_;
  findings* out_;
  std::vector<std::string> ids_;
};

} // namespace

void check_step_graph(const step_graph& graph, const std::string& path, findings& out) {
  checker(graph, path, out).run();
}

} // namespace sluice
