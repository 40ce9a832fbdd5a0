//! Stages of a batch of panels.

/// Methods of a panel and of the number of its first point as kernels of their own: all of a batch in one kernel takes
/// minutes to compile.
macro_rules! stages {
    ($of:ident: $($stage:ident => $method:ident),* $(,)?) => {$(
        struct $stage<'s, 'a, 'm>(&'s mut $of<'a, 'm>, usize, usize);

        impl Kernel for $stage<'_, '_, '_> {
            type Output = ();

            #[inline(always)]
            fn call(self) {
                self.0.$method(self.1, self.2);
            }
        }
    )*};
}

pub(crate) use stages;
