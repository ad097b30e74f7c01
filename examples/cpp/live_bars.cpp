// A program that feeds a flow from its own threads and takes results out: two feeds of prices; a board that
// needs each symbol's newest price only, so its edge keeps the latest by symbol; and bars of ten prices each,
// of which none may be missed.
//
// Run:     build/release/tests/examples/example_live_bars
// Expect:  10 bars of each symbol, and the newest price of each on the board.
#include "runtime/embed/flow_builder.hpp"
#include "runtime/embed/latest_by.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <thread>

using namespace sluice;

struct price {
  std::string symbol;
  double value;
};

struct bar {
  std::string symbol;
  int count = 0;
  double low = 0;
  double high = 0;
};

/// Makes a bar of each ten prices of a symbol.
struct bars_of_ten : node {
  using inputs = ports<port<"in", price>>;
  using outputs = ports<port<"out", bar>>;
  std::map<std::string, bar> open;

  void on_message(node_context& context, std::size_t, message& in) override {
    const auto& now = in.get<price>();
    auto& grown = open.try_emplace(now.symbol, bar{now.symbol, 0, now.value, now.value}).first->second;
    grown.low = std::min(grown.low, now.value);
    grown.high = std::max(grown.high, now.value);
    if (++grown.count == 10)
      context.emit(0, open.extract(now.symbol).mapped());
  }
};

/// What a feed's thread does: a hundred prices, one by one. It waits when the flow does not keep up.
void feed(const inlet<price>& prices, const std::string& symbol, double first) {
  for (int i = 0; i < 100; ++i)
    if (prices.push({symbol, first + i}, std::chrono::seconds{10}) != push_result::accepted)
      return;
}

int main() {
  flow_builder b("live-bars");
  const auto prices = b.inlet<price>("prices", 256);
  // Only the board's node touches the map, and this program when the flow has ended.
  const auto board = std::make_shared<std::map<std::string, double>>();
  const auto symbol_of = [](const price& one) { return one.symbol; };
  b.sink(
      prices, "board", [board](const price& now) { (*board)[now.symbol] = now.value; },
      latest_by<price>(symbol_of, 16));
  const auto bars = b.add<bars_of_ten>("bars");
  b.connect(prices, bars);
  const auto finished = b.outlet(bars, "finished", 8);

  flow_runtime runtime;
  const auto running = b.start(runtime);
  std::thread one(feed, prices, "ACME", 100.0);
  std::thread other(feed, prices, "INIT", 500.0);

  std::map<std::string, int> count;
  double highest = 0;
  for (int i = 0; i < 20; ++i)
    if (const auto next = finished.pull(std::chrono::seconds{60})) {
      ++count[next->symbol];
      highest = std::max(highest, next->high);
    }
  one.join();
  other.join();
  prices.close();
  const auto summary = running.wait();
  for (const auto& [symbol, newest] : *board)
    std::cout << symbol << ' ' << count[symbol] << " bars, newest " << newest << '\n';
  std::cout << "highest " << highest << '\n';
  return summary.outcome == flow_status::finished ? 0 : 1;
}
