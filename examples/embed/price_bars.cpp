// A service: feeds push prices from threads of their own, an edge keeps only the newest price of each symbol
// while the bars lag behind, a node makes a bar of each second of market time, and Prometheus may ask how
// many prices went where.
//
// Run:     build/price_bars        (then look at the address it prints; return ends it)
// Expect:  the last bar of each symbol ends with the last price that was pushed.
#include <prometheus/exposer.h>
#include <sluice/flow.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

struct price {
  std::string symbol;
  std::int64_t at_ms;
  double value;
};

struct bar {
  std::string symbol;
  std::int64_t begins_ms;
  double open, high, low, close;
  std::uint64_t prices;
};

/// Makes bars of a length of market time. A node's handlers run one at a time: no lock is needed here.
class bars_in_windows : public sluice::node {
public:
  using inputs = sluice::ports<sluice::port<"in", price>>;
  using outputs = sluice::ports<sluice::port<"out", bar>>;

  explicit bars_in_windows(std::chrono::milliseconds length) : length_ms_(length.count()) {}

  void on_message(sluice::node_context& context, std::size_t, sluice::message& in) override {
    const auto& now = in.get<price>();
    const auto begins = now.at_ms - now.at_ms % length_ms_;
    const bar fresh{now.symbol, begins, now.value, now.value, now.value, now.value, 0};
    auto& growing = open_.try_emplace(now.symbol, fresh).first->second;
    if (growing.begins_ms != begins)
      context.emit(0, std::exchange(growing, fresh));
    growing.high = std::max(growing.high, now.value);
    growing.low = std::min(growing.low, now.value);
    growing.close = now.value;
    ++growing.prices;
  }
  /// The flow ends: what is unfinished goes out as it is.
  void on_end(sluice::node_context& context) override {
    for (auto& [symbol, last] : open_)
      context.emit(0, std::move(last));
    open_.clear();
  }

private:
  const std::int64_t length_ms_;
  std::map<std::string, bar> open_;
};

constexpr int prices_of_each = 10'000;

/// What a feed's thread does: a price for each millisecond of market time. Waits while the inlet is full.
void feed(const sluice::inlet<price>& prices, const std::string& symbol, double first) {
  for (int i = 0; i < prices_of_each; ++i)
    if (prices.push({symbol, i, first + i}, 60s) != sluice::push_result::accepted)
      return;
}

/// Returns whether every price is in a bar or was replaced by a newer one, and each symbol's last bar ends
/// with its last price.
bool check(const std::vector<bar>& bars, const sluice::flow_summary& summary) {
  std::uint64_t in_bars = 0;
  std::map<std::string, double> last;
  for (const auto& each : bars) {
    in_bars += each.prices;
    last[each.symbol] = each.close;
  }
  for (const auto& [symbol, close] : last)
    std::cout << symbol << " closes at " << close << '\n';
  const auto& conflated = summary.final.edges.front().counters;
  std::cout << bars.size() << " bars of " << in_bars << " prices; " << conflated.replaced
            << " were out of date at once\n";
  return summary.outcome == sluice::flow_status::finished && last["ACME"] == 100.0 + prices_of_each - 1 &&
         last["INIT"] == 500.0 + prices_of_each - 1 && in_bars == conflated.delivered &&
         in_bars + conflated.replaced == 2 * prices_of_each;
}

} // namespace

int main() {
  sluice::flow_builder b("price-bars");
  const auto prices = b.inlet<price>("prices");
  const auto bars = b.add<bars_in_windows>("bars", std::chrono::milliseconds{1000});
  b.connect(prices, bars, sluice::latest_by<price>([](const price& one) { return one.symbol; }, 16));
  const auto finished = b.outlet(bars, "finished", 64);

  sluice::flow_runtime runtime;
  const auto running = b.start(runtime);

  prometheus::Exposer exposer("127.0.0.1:0");
  // The exposer keeps a weak pointer: what it shows lives here. A scrape copies the counters and stops
  // nobody.
  const auto figures = sluice::flow_collector(runtime);
  exposer.RegisterCollectable(figures);
  std::cout << "metrics at http://127.0.0.1:" << exposer.GetListeningPorts().front() << "/metrics\n";

  std::thread one(feed, prices, "ACME", 100.0);
  std::thread other(feed, prices, "INIT", 500.0);
  one.join();
  other.join();
  // What was pushed still goes through; then the flow ends, and with it the outlet.
  prices.close();
  std::vector<bar> all;
  while (auto next = finished.pull(60s))
    all.push_back(std::move(*next));

  const bool good = check(all, running.wait());
  std::cout << "return ends it" << std::endl;
  std::cin.get();
  return good ? 0 : 1;
}
