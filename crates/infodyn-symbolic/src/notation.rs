//! How named quantities are written.

use crate::expr::Symbol;

/// A quantity that an equation names: a real symbol, written in LaTeX as the list below says.
pub fn quantity(name: &str) -> Symbol {
    Symbol::real(name)
}

/// Plain text, LaTeX, Coq.
const NOTATION: &[(&str, &str, &str)] = &[
    ("d/dt s", r"\partial_t s", "ds_dt"),
    ("d/dt p", r"\partial_t p", "dp_dt"),
    ("grad s", r"\nabla s", "grad_s"),
    ("grad m", r"\nabla m", "grad_m"),
    ("grad p", r"\nabla p", "grad_p"),
    ("div s", r"\nabla\cdot s", "div_s"),
    ("div(x p)", r"\nabla\cdot(x p)", "div_x_p"),
    ("laplace p", r"\Delta p", "laplace_p"),
    ("|s|^2", r"\lVert s\rVert^2", "norm2_s"),
    ("x.s", r"x\cdot s", "x_dot_s"),
    ("tr S", r"\operatorname{tr} S", "trace_S"),
    ("E[div s]", r"\mathbb{E}[\nabla\cdot s]", "mean_div_s"),
    ("E|s|^2", r"\mathbb{E}\lVert s\rVert^2", "mean_norm2_s"),
    ("d/dt H(X_t)", r"\frac{d}{dt} H(X_t)", "rate_marginal"),
    ("d/dt H(X_0|X_t)", r"\frac{d}{dt} H(X_0 \mid X_t)", "rate_conditional"),
    ("d/dt gamma", r"\dot\gamma", "rate_gamma"),
    ("d/dt alpha", r"\dot\alpha", "rate_alpha"),
    ("d/dt sigma^2", r"\frac{d}{dt} \sigma^2", "rate_sigma2"),
    ("sum pi|s_y-s|^2", r"\sum_y \pi_y \lVert s_y - s\rVert^2", "production"),
    ("sum pi div s_y", r"\sum_y \pi_y \nabla\cdot s_y", "mean_div_s_y"),
    ("sum pi|m_y-m|^2", r"\sum_y \pi_y \lVert m_y - m\rVert^2", "spread_m"),
    ("sum l/(1+gamma l)", r"\sum_i \frac{l_i}{1 + \gamma l_i}", "linear_bound"),
    ("L h", r"\mathcal{L} h", "L_h"),
    ("L h^2", r"\mathcal{L} h^2", "L_h2"),
    ("L pi_y", r"\mathcal{L} \pi_y", "L_pi"),
    ("L log pi_Y", r"\mathcal{L}_Y \log \pi_Y", "L_log_pi"),
    ("|m_Y-m|^2", r"\lVert m_Y - m\rVert^2", "norm2_m_Y_m"),
    ("|grad h|^2", r"\lVert \nabla h\rVert^2", "norm2_grad_h"),
    ("grad h", r"\nabla h", "grad_h"),
    ("sum pi log pi (s_y-s)", r"\sum_y \pi_y \log \pi_y \, (s_y - s)", "sum_pi_log_pi"),
    ("E[|X_0-m_r|^2|x]", r"\mathbb{E}[\lVert X_0 - m_r\rVert^2 \mid x]", "error_r"),
    ("|r-s|^2", r"\lVert r - s\rVert^2", "norm2_r_s"),
    ("d/dt log p", r"\frac{d}{dt} \log p_t(x_t)", "rate_log_p"),
    ("div u", r"\nabla\cdot u", "div_u"),
    ("|u|^2", r"\lVert u\rVert^2", "norm2_u"),
    ("x.u", r"x\cdot u", "x_dot_u"),
    ("div(p u)", r"\nabla\cdot(p u)", "div_p_u"),
    ("d/dt(p log(p/N))", r"\partial_t \left(p \log\frac{p}{N}\right)", "rate_relative"),
    ("d/dt(-p log p)", r"\partial_t(-p \log p)", "rate_plogp"),
    ("d/dt log sigma", r"\frac{d}{dt} \log \sigma", "rate_log_sigma"),
    ("d/dt(p h)", r"\partial_t(p h)", "rate_p_h"),
    ("FP(p h)", r"\mathcal{F}(p h)", "FP_p_h"),
    ("div J", r"\nabla\cdot J", "div_J"),
    ("|s+x|^2", r"\lVert s + x\rVert^2", "norm2_s_x"),
    ("u_v", "u_v", "u_v"),
    ("u_x", "u_x", "u_x"),
    ("u_xx", "u_{xx}", "u_xx"),
    ("grad(div s+|s|^2)", r"\nabla(\nabla\cdot s + \lVert s\rVert^2)", "grad_noise"),
    ("grad(x.s)", r"\nabla(x\cdot s)", "grad_drift"),
    ("sum pi(D/sigma^2+div s_y)", r"\sum_y \pi_y \left(\frac{D}{\sigma^2} + \nabla\cdot s_y\right)", "within"),
    ("sum pi^2", r"\sum_y \pi_y^2", "agreement"),
    ("-log(p(alpha a m)/p(0))", r"-\log\frac{p(\alpha a m)}{p(0)}", "rise"),
    ("ds/dx", r"\partial_x s", "ds_dx"),
    ("tr grad m", r"\operatorname{tr} \nabla m", "trace_grad_m"),
    ("dF/dm", r"\frac{dF}{dm}", "dF_dm"),
    ("delta t", r"\delta t", "delta_t"),
    ("J_sde", r"J_{\mathrm{sde}}", "J_sde"),
    ("J_flow", r"J_{\mathrm{flow}}", "J_flow"),
    ("d/dt KL", r"\frac{d}{dt} \mathrm{KL}(p_t, N(0, I))", "rate_KL"),
    ("E|s+x|^2", r"\mathbb{E}\lVert s + x\rVert^2", "mean_norm2_s_x"),
    ("N^(2/D)", "N^{2/D}", "N_pow"),
    ("I(X_0;X_t)", "I(X_0; X_t)", "information"),
    ("I(X_0;X_t|Y=y)", r"I(X_0; X_t \mid Y = y)", "information_y"),
    ("i(x_0;x)", "i(x_0; x)", "density"),
    ("i(y;x)", "i(y; x)", "label_density"),
    ("i(x_0;x|y)", r"i(x_0; x \mid y)", "density_within"),
    ("Var iota", r"\operatorname{Var} \iota", "var_surprisal"),
    ("E[Var(iota|X_t)]", r"\mathbb{E}[\operatorname{Var}(\iota \mid X_t)]", "mean_varentropy"),
    ("Var h", r"\operatorname{Var} h", "var_h"),
    ("d/dx P(Y=1|x)", r"\partial_x P(Y = 1 \mid x)", "slope_outcome"),
    ("Var[Y|x]", r"\operatorname{Var}[Y \mid x]", "var_Y"),
    ("Var(-log p(X_0|X_t))", r"\operatorname{Var}(-\log p(X_0 \mid X_t))", "var_information"),
    ("d/dgamma I(X_0;X_t)", r"\frac{d}{d\gamma} I(X_0; X_t)", "slope_information"),
    ("L tr S", r"\mathcal{L} \operatorname{tr} S", "L_trace_S"),
    ("tr S^2", r"\operatorname{tr} S^2", "trace_S2"),
    ("d/dt phi", r"\dot\varphi", "rate_phi"),
    ("d/dgamma phi", r"\frac{d\varphi}{d\gamma}", "slope_phi"),
    ("d/dsigma psi", r"\frac{d\psi}{d\sigma}", "slope_psi"),
    ("lim D(t_c-log(Lambda)/2)", r"\lim_{D\to\infty} D \left(t_c - \tfrac12 \log\Lambda\right)", "lim_offset"),
    ("-dH/dlog gamma", r"-\frac{dH}{d\log\gamma}", "loss_log_gamma"),
    ("dH/d(sigma/alpha)", r"\frac{dH}{d(\sigma/\alpha)}", "rate_sigma_over_alpha"),
    ("dH/d(sigma^2/alpha^2)", r"\frac{dH}{d(\sigma^2/\alpha^2)}", "rate_sigma2_over_alpha2"),
    ("k(t)", "k(t)", "k_t"),
    ("t(k)-t(k_2)", "t(k) - t(k_2)", "width_t"),
    ("sum pi_C h_F|C", r"\sum_C \pi_C h_{F \mid C}", "mean_h_F_C"),
    ("pi_{+A+b}", r"\pi_{+A+b}", "pi_A_b"),
    ("pi_{+A}", r"\pi_{+A}", "pi_A"),
    ("pi_{+b}", r"\pi_{+b}", "pi_b"),
    ("Var[v|x]", r"\operatorname{Var}[v \mid x]", "var_v"),
    ("div v", r"\nabla\cdot v", "div_v"),
    ("lim (E x^2 - l)/Delta^2", r"\lim \frac{\mathbb{E} x^2 - l}{\Delta^2}", "weak"),
    ("kappa_3", r"\kappa_3", "kappa_3"),
    ("KL_k", r"\mathrm{KL}_k", "KL_k"),
    ("E|X_0-m_theta|^2", r"\mathbb{E}\lVert X_0 - m_\theta\rVert^2", "loss"),
    ("I(gamma')-I(gamma)", r"(I(\gamma_{k+1}) - I(\gamma_k))", "gained"),
    ("lim KL_k/Delta_k^2", r"\lim \mathrm{KL}_k/\Delta_k^2", "small_step"),
    ("E tr S^2", r"\mathbb{E}\operatorname{tr} S^2", "mean_trace_S2"),
    ("cos Delta_k", r"\cos\Delta_k", "cos_Delta"),
    ("sin^2 Delta_k", r"\sin^2\Delta_k", "sin2_Delta"),
    ("sum (S_k-S_{k+1})^2/S_k", r"\sum_k \frac{(S_k - S_{k+1})^2}{S_k}", "sum_losses"),
    ("sigma_N", r"\sigma_N", "sigma_N"),
    ("cos a_{k+1}/cos a_k", r"\frac{\cos a_{k+1}}{\cos a_k}", "ratio_cos"),
    ("z_{k+1}", "z_{k+1}", "z_next"),
    ("z_{k-1} cos a_{k-1}", r"z_{k-1} \cos a_{k-1}", "z_before"),
    ("sin Delta_k/sin a_k", r"\frac{\sin\Delta_k}{\sin a_k}", "lead"),
    ("h_k/(2 h_{k-1})", r"\frac{h_k}{2 h_{k-1}}", "share_h"),
    ("cos a_k", r"\cos a_k", "cos_a"),
    ("dn/dr", r"\frac{dn}{dr}", "dn_dr"),
    ("L_omega u", r"\mathcal{L}_\omega u", "L_omega_u"),
    ("g^2|grad u|^2", r"g^2 \lVert \nabla u\rVert^2", "noise_u"),
    ("dk/dtau", r"\frac{dk}{d\tau}", "rate_k"),
    ("dKL_y/dtau", r"\frac{d}{d\tau} \mathrm{KL}(P_\omega, P_y)", "rate_KL_class"),
    ("dKL/dtau", r"\frac{d}{d\tau} \mathrm{KL}(P_\omega, P)", "rate_KL_law"),
    ("L_omega pi_y^p", r"\mathcal{L}_\omega \pi_y^p", "L_omega_pi_p"),
    ("sum r_j", r"\sum_j r_j", "sum_r"),
    ("sum log r_j", r"\sum_j \log r_j", "sum_log_r"),
    ("sum_j sum_k Delta_k l_j/(1+gamma_k l_j)", r"\sum_j\sum_k \frac{\Delta_k l_j}{1 + \gamma_k l_j}", "stairs"),
    ("L_omega log pi_y", r"\mathcal{L}_\omega \log \pi_y", "L_omega_log_pi"),
    ("pi_y^-p L_omega pi_y^p", r"\pi_y^{-p} \mathcal{L}_\omega \pi_y^p", "L_omega_power"),
    ("d/dtau log pi_y", r"\frac{d}{d\tau} \log \pi_y", "rate_log_pi"),
    ("|d|^2", r"\lVert d\rVert^2", "norm2_d"),
    ("s.d", r"s\cdot d", "s_dot_d"),
    ("div d", r"\nabla\cdot d", "div_d"),
    ("rho^-1(d/dtau - A)rho", r"\rho^{-1} (\partial_\tau - \mathcal{A}) \rho", "defect"),
    ("pi_y^-omega L pi_y^omega", r"\pi_y^{-\omega} \mathcal{L} \pi_y^\omega", "L_power"),
    ("L_(1-omega) f", r"\mathcal{L}_{1-\omega} f", "L_dual"),
    (
        "pi_y^(2 omega-1) L_omega(pi_y^(1-2 omega) f)",
        r"\pi_y^{2\omega-1} \mathcal{L}_\omega(\pi_y^{1-2\omega} f)",
        "L_turned",
    ),
    ("domega/dtau", r"\dot\omega", "rate_omega"),
    ("log pi_y", r"\log \pi_y", "log_pi"),
    ("hess log pi_y", r"\nabla^2 \log \pi_y", "hess_log_pi"),
    ("S_y", "S_y", "S_y"),
    ("sum_j log(v_Nj/v_0j)", r"\sum_j \log\frac{v_{Nj}}{v_{0j}}", "sum_log_v"),
];

const GREEK: [&str; 24] = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
];

/// `mu_12` becomes `\mu_{12}`; names of several letters that are not Greek are upright.
pub(crate) fn latex_name(name: &str) -> String {
    if let Some(known) = NOTATION.iter().find(|n| n.0 == name) {
        return known.1.to_owned();
    }
    let part = |word: &str| {
        if GREEK.contains(&word) {
            format!(r"\{word}")
        } else if word.chars().count() > 1 && word.chars().any(char::is_alphabetic) {
            format!(r"\mathrm{{{word}}}")
        } else {
            word.to_string()
        }
    };
    match name.split_once('_') {
        Some((base, index)) => format!("{}_{{{}}}", part(base), part(index)),
        None => part(name),
    }
}

/// The name as an identifier.
pub(crate) fn coq_name(name: &str) -> String {
    NOTATION.iter().find(|n| n.0 == name).map_or(name, |n| n.2).to_owned()
}
