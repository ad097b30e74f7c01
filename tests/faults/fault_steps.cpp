#include "tests/faults/fault_steps.hpp"

#include "model/run/attempt_token.hpp"
#include "model/run/step_graph_reader.hpp"
#include "steps/builtin_steps.hpp"
#include "steps/function_step.hpp"
#include "steps/step_outcomes.hpp"
#include "tests/faults/fault_flow.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

/// Longest wait for what a step has brought upon itself.
constexpr std::chrono::seconds patience{20};
constexpr std::chrono::milliseconds while_others_work{250};

void append_line(const char* file, const std::string& line) {
  const int to = ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  const auto written = ::write(to, (line + '\n').data(), line.size() + 1);
  ::close(to);
  if (written != static_cast<ssize_t>(line.size() + 1))
    throw std::runtime_error("cannot write " + std::string(file));
}

attempt_outcome effect(step_context& context) {
  const auto& params = context.params.value();
  append_line("effects", to_string(context.token));
  context.log("did it");
  if (context.token.attempt <= params.value("fail", 0U))
    return detail::failed("not_yet", "it is too early", true);
  return {};
}

/// Waits to be interrupted; an attempt that is not goes on.
attempt_outcome end_when_told(step_context& context) {
  return context.signal.wait_for(patience) ? detail::cancelled("told to end") : attempt_outcome{};
}

attempt_outcome tell(const worker_hands& hands, step_context& context) {
  if (context.token.attempt > 1)
    return {};
  bool ends = false;
  for (const auto& command : context.params.value().at("commands")) {
    const auto what = parse_run_command(command.get<std::string>()).value();
    hands.tell(context.token.run, what);
    ends = what == run_command::cancel;
  }
  return ends ? end_when_told(context) : attempt_outcome{};
}

/// Once in the life of a database, and not before others have had their effect on the worker: one that is
/// stopped at once does not notice, for one, that its leases have run out.
attempt_outcome stop(const worker_hands& hands, step_context& context) {
  constexpr const char* done = "stopped";
  if (std::filesystem::exists(done))
    return {};
  if (context.signal.wait_for(while_others_work))
    return detail::cancelled("told to end");
  append_line(done, to_string(context.token));
  hands.stop_worker();
  return end_when_told(context);
}

} // namespace

std::shared_ptr<step_registry> fault_steps(std::shared_ptr<const worker_hands> hands,
                                           std::filesystem::path guard) {
  auto steps = std::make_shared<step_registry>();
  register_builtin_steps(*steps, {std::move(guard)});
  steps->add(fault_flow_step());
  steps->add(function_step("effect", "leaves a line", effect));
  steps->add(function_step("tell", "tells its run",
                           [hands](step_context& context) { return tell(*hands, context); }));
  steps->add(function_step("stop", "stops its worker",
                           [hands](step_context& context) { return stop(*hands, context); }));
  steps->add(function_step("suspend", "lets its machine sleep", [hands](step_context& context) {
    if (context.token.attempt > 1)
      return attempt_outcome{};
    hands->suspend();
    return end_when_told(context);
  }));
  return steps;
}

step_graph fault_graph(const step_registry& steps, const std::string& text) {
  findings found;
  auto graph = parse_step_graph(text, steps.catalog(), found);
  if (!graph)
    throw std::runtime_error(text + ": " + (found.empty() ? "?" : to_string(found.front())));
  return *std::move(graph);
}

std::string exec_effect(const std::string& more, const std::string& seconds) {
  return R"({"kind": "exec", "params": {"argv": ["/bin/sh", "-c", )"
         R"("echo \"$SLUICE_IDEMPOTENCY_TOKEN#$SLUICE_FENCING_TOKEN\" >> effects; exec sleep )" +
         seconds + R"("]})" + more + "}";
}

} // namespace sluice
