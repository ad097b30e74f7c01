#include "tests/stress/random/node_accounts.hpp"

#include <fmt/format.h>

#include <utility>

namespace sluice::stress {

namespace {

class node_check {
public:
  node_check(const ended_flow& ended, std::size_t index, complaints& out)
      : ended_(ended),
        plan_(ended.plan.nodes()[index]),
        books_(*ended.books.nodes[index]),
        counters_(ended.summary.final.nodes[index].counters),
        sent_control_(index < ended.treated.controls.size() ? ended.treated.controls[index] : 0),
        out_(out) {}

  void run() {
    for (const auto& each : books_.violations)
      complain(each);
    same("on_stop calls, as on_start calls", books_.stops, books_.starts);
    same("held at the end", counters_.held, 0);
    same("in its outbox at the end", counters_.outbox, 0);
    for (const auto input : plan_.inputs) {
      delivered_ += edge(input).delivered;
      control_in_ += edge(input).control;
    }
    if (!plan_.is_source()) {
      same("in, as its edges delivered", counters_.in, delivered_);
      at_least("in, as it was presented", counters_.in, books_.presented);
    }
    check_errors();
    check_control();
    check_emissions();
  }

private:
  const edge_counters& edge(std::size_t index) const { return ended_.summary.final.edges[index].counters; }
  void complain(const std::string& what) { out_.push_back("node '" + plan_.id + "': " + what); }
  void same(const char* what, std::uint64_t is, std::uint64_t should) {
    if (is != should)
      complain(fmt::format("{}: {} instead of {}", what, is, should));
  }
  void at_least(const char* what, std::uint64_t is, std::uint64_t least) {
    if (is < least)
      complain(fmt::format("{}: {}, less than {}", what, is, least));
  }

  bool is_routed(std::size_t port) const {
    for (const auto output : plan_.outputs)
      if (ended_.plan.edges()[output].from_port == port)
        return true;
    return false;
  }

  /// What the books know, what a typed port passed by, and the reports of errors that somebody takes.
  std::uint64_t emitted(std::size_t port) const {
    std::uint64_t sum = port < books_.emitted.size() ? books_.emitted[port] : 0;
    if (port == 0 && !plan_.is_source() && counters_.in > books_.presented)
      sum += counters_.in - books_.presented;
    if (port == plan_.error_output() && is_routed(port))
      sum += counters_.errors;
    return sum;
  }

  /// A refused merge is an error of its producer, unless it was an error message itself.
  void check_errors() {
    std::uint64_t refused = 0;
    for (const auto output : plan_.outputs)
      refused += edge(output).refused_merge;
    at_least("errors", counters_.errors, books_.failures);
    at_least("failures and refused merges", books_.failures + refused, counters_.errors);
  }

  /// What was sent from outside while the flow ended may be under way, passed on by nodes that have ended:
  /// exact without such messages only.
  void check_control() {
    at_least("control messages sent to it", control_in_ + sent_control_, counters_.control);
    std::uint64_t from_outside = 0;
    for (const auto each : ended_.treated.controls)
      from_outside += each;
    if (ended_.complete() && from_outside == 0)
      same("control messages handled", counters_.control, control_in_);
    at_least("control messages counted", counters_.control, books_.controls);
  }

  void check_emissions() {
    std::uint64_t all = 0;
    std::uint64_t unrouted = 0;
    std::uint64_t missing = 0;
    for (std::size_t port = 0; port <= plan_.error_output(); ++port) {
      all += emitted(port);
      unrouted += is_routed(port) ? 0 : emitted(port);
    }
    for (const auto output : plan_.outputs) {
      const auto& planned = ended_.plan.edges()[output];
      const auto offered = edge(output).offered;
      if (offered > emitted(planned.from_port))
        complain(fmt::format("{} was offered {} messages, more than the {} emitted", planned.id, offered,
                             emitted(planned.from_port)));
      else
        missing += emitted(planned.from_port) - offered;
    }
    at_least("emitted, as counted out", all, counters_.out);
    // Reports of refused messages may be under way when a flow is cut off, and are then nowhere.
    if (!ended_.complete() && all != counters_.out)
      return;
    same("out, as emitted", counters_.out, all);
    same("unrouted, as emitted on ports without edges", counters_.unrouted, unrouted);
    const auto given_up = books_.discarded + books_.held + books_.deferred_in_all();
    same("discarded, as held, deferred and never offered", counters_.discarded, given_up + missing);
    if (ended_.complete())
      same("emitted and never offered", missing, 0);
  }

  const ended_flow& ended_;
  const planned_node& plan_;
  const node_ledger& books_;
  const node_counters& counters_;
  std::uint64_t sent_control_;
  complaints& out_;
  std::uint64_t delivered_ = 0;
  std::uint64_t control_in_ = 0;
};

} // namespace

void check_node(const ended_flow& ended, std::size_t index, complaints& out) {
  node_check(ended, index, out).run();
}

} // namespace sluice::stress
