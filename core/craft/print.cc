#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>

#include "craft/craft.h"
#include "nlohmann/json.hpp"

namespace rasp::craft {
namespace {

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool bare(const std::string& name) {
  if (name.empty() || name.back() == ':' || !(std::isalpha(static_cast<unsigned char>(name[0])) || name[0] == '_'))
    return false;
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return c < 128 && (std::isalnum(c) || c == '_' || c == ':' || c == '.' || c == '|' || c == '\'');
  });
}

std::string name_text(const std::string& name) { return bare(name) ? name : quoted(name); }

class Printer {
 public:
  Printer(const Craft& craft, std::string component) : c_(craft), component_(std::move(component)) {}

  std::optional<std::string> run() {
    std::string body = component_.empty() ? whole() : part();
    if (body.empty()) return std::nullopt;
    std::string out = component_.empty() ? header() : "# " + component_ + " alone, and the bases that it names\n";
    for (const Basis& b : c_.bases)
      if (component_.empty() || named(b)) out += basis(b);
    return out + "\n" + body;
  }

 private:
  std::string sum(const Sum& s) {
    if (s.empty()) return "0";
    // Directions of one weight together, in the order in which the weights come.
    std::vector<std::pair<std::string, std::vector<std::string>>> groups;
    for (const Term& t : s.terms) {
      named_.insert(t.name);
      const std::string weight = text_of(t.weight);
      auto it = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == weight; });
      if (it == groups.end()) it = groups.insert(groups.end(), {weight, {}});
      it->second.push_back(name_text(t.name));
    }
    std::string out;
    for (auto [weight, names] : groups) {
      if (!out.empty() && weight[0] == '-') out += " - ", weight.erase(0, 1);
      else if (!out.empty()) out += " + ";
      const bool several = names.size() > 1 && (weight != "1" || out.size() > 1);
      if (weight != "1") out += weight + "*";
      if (several) out += "(";
      for (std::size_t i = 0; i < names.size(); ++i) out += (i ? " + " : "") + names[i];
      if (several) out += ")";
    }
    if (s.constant && std::signbit(*s.constant) && !out.empty()) out += " - " + text_of(-*s.constant);
    else if (s.constant) out += (out.empty() ? "" : " + ") + text_of(*s.constant);
    return out;
  }

  bool named(const Basis& b) const {
    return std::any_of(b.directions.begin(), b.directions.end(),
                       [&](const Direction& d) { return named_.count(d.name) > 0; });
  }

  std::string header() const {
    std::string out = "craft 1\nmodel d_model " + std::to_string(c_.d_model) + " max_length " +
                      std::to_string(c_.max_length) + (c_.causal ? " causal" : "") + "\nvocabulary";
    for (const Value& v : c_.vocabulary) out += " " + text_of(v);
    const Unembedding& u = c_.unembedding;
    out += std::string("\noutput ") + (u.categorical ? "categorical" : "numerical");
    for (const Value& v : u.values) out += " " + text_of(v);
    if (!u.alternatives.empty()) {
      out += "\nalternatives";
      for (const Value& v : u.alternatives) out += " " + text_of(v);
    }
    if (u.any_kind) out += "\nany_kind";
    if (u.whole) out += "\nwhole";
    return out + "\n\n# The residual stream: every direction, whose it is, and from when to when.\n";
  }

  std::string basis(const Basis& b) const {
    std::string out = "basis " + name_text(b.name) + (b.one_hot ? " one_hot" : " number");
    if (!b.owner.empty()) out += " of " + quoted(b.owner);
    out += " from " + text_of_stage(b.written);
    if (b.dead >= 0) out += " to " + text_of_stage(b.dead);
    if (!b.remark.empty()) out += "  # " + b.remark;
    out += "\n";
    std::string line = " ";
    for (const Direction& d : b.directions) {
      const std::string next = " " + std::to_string(d.dimension) + "=" + name_text(d.name);
      if (line.size() + next.size() > 110 && line.size() > 1) out += line + "\n", line = " ";
      line += next;
    }
    return out + line + "\n";
  }

  std::string whole() {
    std::string out = "# What a token, and a position, writes.\n";
    for (const TokenRow& r : c_.tokens)
      out += "token " + (r.token ? text_of(*r.token) : "BOS") + " -> " + sum(r.writes) + "\n";
    for (const PositionRow& r : c_.positions)
      out += "position " + std::to_string(r.position) + " -> " + sum(r.writes) + "\n";
    for (std::size_t l = 0; l < c_.layers.size(); ++l) {
      const Layer& layer = c_.layers[l];
      out += "\nlayer " + std::to_string(l) + "\n";
      for (std::size_t h = 0; h < layer.heads.size(); ++h) out += head(layer.heads[h], l, h);
      if (!layer.attention_adds.empty()) out += "attention_adds " + sum(layer.attention_adds) + "\n";
      out += mlp(layer);
    }
    return out + "\n" + unembed();
  }

  std::string part() {
    for (std::size_t l = 0; l < c_.layers.size(); ++l) {
      for (std::size_t h = 0; h < c_.layers[l].heads.size(); ++h)
        if (component_ == "head " + std::to_string(l) + "." + std::to_string(h))
          return head(c_.layers[l].heads[h], l, h);
      if (component_ == "mlp " + std::to_string(l) && !c_.layers[l].blocks.empty()) return mlp(c_.layers[l]);
    }
    return component_ == "unembed" ? unembed() : "";
  }

  // A query's or key's name is what its axis reads; a line is one product of the sum.
  std::string head(const Head& h, std::size_t l, std::size_t index) {
    std::string out = "head d_head " + std::to_string(h.d_head);
    if (!h.owner.empty()) out += " of " + quoted(h.owner);
    if (!h.selector.empty()) out += " selects " + quoted(h.selector);
    out += "  # head " + std::to_string(l) + "." + std::to_string(index) + "\n";
    for (const Comparison& c : h.comparisons)
      out += "  qk " + std::to_string(c.axis) + ": " + sum(c.query) + " ~ " + sum(c.key) + "\n";
    for (const Move& m : h.moves)
      out += "  ov " + std::to_string(m.axis) + ": " + sum(m.reads) + " -> " + sum(m.writes) + "\n";
    return out;
  }

  std::string mlp(const Layer& layer) {
    std::string out;
    for (const Block& b : layer.blocks) {
      out += "mlp " + b.how + (b.owner.empty() ? "" : " of " + quoted(b.owner)) + "\n";
      for (const Neuron& n : b.neurons)
        out += "  neuron" + (n.label.empty() ? "" : " " + quoted(n.label)) + ": relu(" + sum(n.reads) + ") -> " +
               sum(n.writes) + "\n";
    }
    if (!layer.mlp_adds.empty()) out += "mlp_adds " + sum(layer.mlp_adds) + "\n";
    return out;
  }

  std::string unembed() {
    std::string out = c_.unembedding.categorical
                          ? "# The output is the value whose sum is largest.\n"
                          : "# The output is the number, rounded to the nearest value that is listed.\n";
    for (std::size_t j = 0; j < c_.unembedding.columns.size(); ++j)
      out += "unembed " +
             (c_.unembedding.categorical && j < c_.unembedding.values.size() ? text_of(c_.unembedding.values[j])
                                                                             : "number") +
             ": " + sum(c_.unembedding.columns[j]) + "\n";
    return out;
  }

  const Craft& c_;
  const std::string component_;
  std::set<std::string> named_;
};

}  // namespace

std::string text_of(float weight) {
  char buffer[40];
  for (int digits = 1; digits <= 9; ++digits) {
    std::snprintf(buffer, sizeof buffer, "%.*g", digits, static_cast<double>(weight));
    if (std::strtof(buffer, nullptr) == weight) break;
  }
  return buffer;
}

std::string text_of(const Value& value) {
  if (value.kind() == Kind::Opaque) return "python " + quoted(value.text());
  return value.is_string() ? quoted(value.text()) : value.repr();
}

std::string text_of_stage(Stage stage) {
  if (stage < 0) return "end";
  if (stage == 0) return "embeddings";
  return (stage % 2 ? "attention " : "mlp ") + std::to_string((stage - 1) / 2);
}

std::optional<std::string> print(const Craft& craft, const std::string& component) {
  return Printer(craft, component).run();
}

}  // namespace rasp::craft
