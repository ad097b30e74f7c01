#include "model/run/step_links.hpp"

#include <algorithm>

namespace sluice {

namespace {

/// Marks the steps of `gone` that wait, directly or not, for no step that is left (Kahn 1962).
void remove_free(const std::vector<std::vector<std::size_t>>& deps, std::vector<bool>& gone) {
  std::vector<std::size_t> open(deps.size(), 0);
  std::vector<std::vector<std::size_t>> followers(deps.size());
  std::vector<std::size_t> free;
  for (std::size_t step = 0; step < deps.size(); ++step) {
    if (gone[step])
      continue;
    for (const auto dep : deps[step]) {
      if (gone[dep])
        continue;
      ++open[step];
      followers[dep].push_back(step);
    }
    if (open[step] == 0)
      free.push_back(step);
  }
  while (!free.empty()) {
    const auto step = free.back();
    free.pop_back();
    gone[step] = true;
    for (const auto follower : followers[step])
      if (--open[follower] == 0)
        free.push_back(follower);
  }
}

/// Returns the cycle that is met by going from dependency to dependency, from `start` on. Only steps that
/// wait for another are left, so the way never ends elsewhere.
std::vector<std::size_t> walk(const std::vector<std::vector<std::size_t>>& deps,
                              const std::vector<bool>& gone, std::size_t start) {
  std::vector<std::size_t> way;
  std::vector<bool> seen(deps.size(), false);
  auto at = start;
  while (!seen[at]) {
    seen[at] = true;
    way.push_back(at);
    at = *std::find_if(deps[at].begin(), deps[at].end(), [&](std::size_t dep) { return !gone[dep]; });
  }
  way.erase(way.begin(), std::find(way.begin(), way.end(), at));
  std::rotate(way.begin(), std::min_element(way.begin(), way.end()), way.end());
  return way;
}

} // namespace

step_links::step_links(const step_graph& graph) : deps_(graph.steps.size()) {
  for (std::size_t step = 0; step < graph.steps.size(); ++step)
    indices_.emplace(graph.steps[step].id, step);
  for (std::size_t step = 0; step < graph.steps.size(); ++step)
    for (const auto& dep : graph.steps[step].deps)
      if (const auto index = find(dep))
        deps_[step].push_back(*index);
}

std::optional<std::size_t> step_links::find(std::string_view id) const {
  const auto found = indices_.find(id);
  return found == indices_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<bool> step_links::before(std::size_t step) const {
  std::vector<bool> seen(size(), false);
  auto open = deps_[step];
  while (!open.empty()) {
    const auto next = open.back();
    open.pop_back();
    if (seen[next])
      continue;
    seen[next] = true;
    open.insert(open.end(), deps_[next].begin(), deps_[next].end());
  }
  return seen;
}

std::vector<std::vector<std::size_t>> step_links::cycles() const {
  std::vector<std::vector<std::size_t>> found;
  std::vector<bool> gone(size(), false);
  for (;;) {
    remove_free(deps_, gone);
    const auto first = std::find(gone.begin(), gone.end(), false);
    if (first == gone.end())
      return found;
    const auto& cycle = found.emplace_back(walk(deps_, gone, static_cast<std::size_t>(first - gone.begin())));
    for (const auto step : cycle)
      gone[step] = true;
  }
}

} // namespace sluice
