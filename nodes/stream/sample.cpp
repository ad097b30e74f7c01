#include "nodes/stream/sample.hpp"

#include <cstdint>

namespace sluice {

namespace {

/// SplitMix64 (Steele, Lea and Flood 2014): the same sequence with every standard library, unlike its
/// distributions.
class splitmix64 {
public:
  explicit splitmix64(std::uint64_t seed) : state_(seed) {}

  /// Returns a number in [0, 1), of 53 random bits.
  double next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    mixed ^= mixed >> 31U;
    return static_cast<double>(mixed >> 11U) * 0x1p-53;
  }

private:
  std::uint64_t state_;
};

class sample_every final : public node {
public:
  explicit sample_every(std::int64_t every) : every_(every) {}

  void on_message(node_context& context, std::size_t, message& in) override {
    if (place_ == 0)
      context.emit(0, std::move(in));
    place_ = place_ + 1 == every_ ? 0 : place_ + 1;
  }

private:
  std::int64_t every_;
  std::int64_t place_ = 0;
};

class sample_by_chance final : public node {
public:
  sample_by_chance(double probability, std::int64_t seed)
      : probability_(probability), random_(static_cast<std::uint64_t>(seed)) {}

  void on_message(node_context& context, std::size_t, message& in) override {
    if (random_.next() < probability_)
      context.emit(0, std::move(in));
  }

private:
  double probability_;
  splitmix64 random_;
};

std::unique_ptr<node> make_sample(const options& given) {
  if (given.has("every") == given.has("probability"))
    throw option_error("every", "give either every or probability");
  if (given.has("every"))
    return std::make_unique<sample_every>(given.get_integer("every"));
  return std::make_unique<sample_by_chance>(given.get_number("probability"), given.get_integer("seed"));
}

} // namespace

node_type sample_type() {
  node_type type;
  type.name = "sample";
  type.category = "transform";
  type.summary = "Passes a share of the messages.";
  type.description = "With `every: n` the first of each n messages passes. With `probability: p` each "
                     "message passes with that "
                     "probability, decided by a generator that gives the same sequence for the same seed on "
                     "every machine, so that a run "
                     "can be repeated. Messages pass untouched and in order; the others are filtered out, "
                     "which no counter of losses "
                     "shows: compare the node's `in` and `out`.";
  type.options = {
      {.name = "every",
       .kind = option_kind::integer,
       .required = false,
       .default_value = "",
       .description = "Pass the first of each so many messages. Give this or probability.",
       .minimum = 1},
      {.name = "probability",
       .kind = option_kind::number,
       .required = false,
       .default_value = "",
       .description = "The chance of each message to pass, from 0 to 1. Give this or every.",
       .minimum = 0,
       .maximum = 1},
      {.name = "seed",
       .kind = option_kind::integer,
       .required = false,
       .default_value = "0",
       .description = "Where the sequence of chances starts; for probability."},
  };
  type.ports = {{{input_port, port_type::any(), "The messages."}},
                {{output_port, port_type::any(), "Those that were chosen."}}};
  type.example = "{ type: sample, every: 10 }";
  type.make = make_sample;
  return type;
}

} // namespace sluice
