// An order is a durable run of two steps, both of them C++: charge a card, then ship. The shop submits it and
// goes away; later the warehouse opens the same database file and finds the order there. The card terminal is
// busy at first, so the first attempt fails and is repeated; it is told the same name each time, so that it
// can charge once.
//
// Run:     build/durable_orders
// Expect:  charged in attempt 2, shipped with its receipt
#include <nlohmann/json.hpp>
#include <sluice/runs.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

/// `charge`: takes money. One object per attempt, on a thread of its own.
class charge_card final : public sluice::step_runner {
public:
  sluice::attempt_outcome run(sluice::step_context& context) override {
    if (context.token.attempt == 1)
      // A failure with a code; the step's retry policy decides what follows.
      throw sluice::error("terminal_busy", "the card terminal is busy; it will be asked again");
    const int cents = context.params.value().at("cents").get<int>();
    context.log("charged " + std::to_string(cents) + " cents");
    const nlohmann::ordered_json result = {
        {"receipt", to_string(context.token.run) + "/" + context.token.step}};
    sluice::attempt_outcome outcome;
    outcome.result = sluice::json(result);
    return outcome;
  }
};

sluice::step_type charge_step() {
  sluice::step_type type;
  type.kind.name = "charge";
  type.kind.summary = "Charges a card.";
  // Asked when an order is submitted: a mistake is found there, and not at night.
  type.kind.check = [](const sluice::json& params, const std::string& path, sluice::findings& out) {
    if (!params.value().contains("cents"))
      out.push_back({sluice::finding::level::error,
                     sluice::finding_code::bad_value,
                     path,
                     "how many cents? Give `cents`.",
                     {}});
  };
  type.make = [] { return std::make_unique<charge_card>(); };
  return type;
}

/// Both programs know the same steps. A function will do for a simple one.
std::shared_ptr<const sluice::step_registry> shop_steps() {
  auto steps = std::make_shared<sluice::step_registry>();
  steps->add(charge_step());
  steps->add(sluice::function_step("ship", "Prints a label.", [](sluice::step_context& context) {
    std::cout << "shipped with receipt " << context.params.value().at("receipt").get<std::string>() << '\n';
    return sluice::attempt_outcome{};
  }));
  return steps;
}

constexpr const char* order = R"({"version": 1, "steps": {
  "charge": {"kind": "charge", "params": {"cents": 1999}, "retry": {"max_attempts": 3, "delay": "10ms"}},
  "ship": {"kind": "ship", "deps": ["charge"], "params": {"receipt": "${steps.charge.result.receipt}"}}}})";

sluice::run_options options_for(const std::filesystem::path& database) {
  sluice::run_options options;
  options.database = database;
  options.steps = shop_steps();
  return options;
}

/// The shop: whatever happens to it after `submit` has returned, the order is on disk.
std::optional<sluice::uuid> submit_order(const std::filesystem::path& database) {
  sluice::run_runtime shop(options_for(database));
  sluice::findings found;
  auto graph = sluice::parse_step_graph(order, shop.steps().catalog(), found);
  for (const auto& each : found)
    std::cerr << to_string(each) << '\n';
  if (!graph)
    return std::nullopt;
  sluice::run_submission submission;
  submission.graph = std::move(*graph);
  // Submitted twice by a nervous customer: the second answer is the first run.
  submission.idempotency_key = "order-4711";
  const auto first = shop.submit(submission);
  const auto second = shop.submit(submission);
  return second.existing && second.id == first.id ? std::optional(first.id) : std::nullopt;
}

/// The warehouse: works until this order has come to an end.
sluice::run_view work_on(sluice::run_runtime& warehouse, const sluice::uuid& id) {
  std::promise<void> over;
  const auto events = warehouse.subscribe(0, id, [&over](const std::vector<sluice::run_event>& news) {
    for (const auto& each : news)
      if (each.kind == sluice::run_event_kind::run_succeeded ||
          each.kind == sluice::run_event_kind::run_failed)
        over.set_value();
  });
  warehouse.start_worker({});
  over.get_future().wait_for(60s);
  warehouse.stop_worker(1s);
  (void)warehouse.wait_for_worker(60s);
  return warehouse.show(id);
}

bool ship_orders(const std::filesystem::path& database, const sluice::uuid& id) {
  sluice::run_runtime warehouse(options_for(database));
  const auto view = work_on(warehouse, id);
  const auto& charged = view.steps.front().progress;
  std::cout << "charged in attempt " << charged.attempts << ", the order " << to_string(view.row.status)
            << '\n';
  try {
    (void)warehouse.show(sluice::uuid{});
    return false;
  } catch (const sluice::error& no_such_order) {
    return no_such_order.code() == "not_found" && view.row.status == sluice::run_status::succeeded &&
           charged.attempts == 2;
  }
}

} // namespace

int main() {
  std::string pattern = (std::filesystem::temp_directory_path() / "orders-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr)
    return 1;
  const std::filesystem::path folder = pattern;
  const auto id = submit_order(folder / "orders.db");
  const bool good = id && ship_orders(folder / "orders.db", *id);
  std::filesystem::remove_all(folder);
  return good ? 0 : 1;
}
