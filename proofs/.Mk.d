theories/Base.vo theories/Base.glob theories/Base.v.beautified theories/Base.required_vo: theories/Base.v 
theories/Base.vio: theories/Base.v 
theories/Base.vos theories/Base.vok theories/Base.required_vos: theories/Base.v 
theories/BinEntropy.vo theories/BinEntropy.glob theories/BinEntropy.v.beautified theories/BinEntropy.required_vo: theories/BinEntropy.v theories/Base.vo theories/Tilt.vo
theories/BinEntropy.vio: theories/BinEntropy.v theories/Base.vio theories/Tilt.vio
theories/BinEntropy.vos theories/BinEntropy.vok theories/BinEntropy.required_vos: theories/BinEntropy.v theories/Base.vos theories/Tilt.vos
theories/EntropyRate.vo theories/EntropyRate.glob theories/EntropyRate.v.beautified theories/EntropyRate.required_vo: theories/EntropyRate.v theories/Base.vo theories/Tilt.vo theories/Improper.vo theories/GaussInt.vo theories/BinEntropy.vo
theories/EntropyRate.vio: theories/EntropyRate.v theories/Base.vio theories/Tilt.vio theories/Improper.vio theories/GaussInt.vio theories/BinEntropy.vio
theories/EntropyRate.vos theories/EntropyRate.vok theories/EntropyRate.required_vos: theories/EntropyRate.v theories/Base.vos theories/Tilt.vos theories/Improper.vos theories/GaussInt.vos theories/BinEntropy.vos
theories/GaussInt.vo theories/GaussInt.glob theories/GaussInt.v.beautified theories/GaussInt.required_vo: theories/GaussInt.v theories/Base.vo theories/Improper.vo
theories/GaussInt.vio: theories/GaussInt.v theories/Base.vio theories/Improper.vio
theories/GaussInt.vos theories/GaussInt.vok theories/GaussInt.required_vos: theories/GaussInt.v theories/Base.vos theories/Improper.vos
theories/Gaussian.vo theories/Gaussian.glob theories/Gaussian.v.beautified theories/Gaussian.required_vo: theories/Gaussian.v theories/Base.vo theories/Improper.vo theories/GaussInt.vo
theories/Gaussian.vio: theories/Gaussian.v theories/Base.vio theories/Improper.vio theories/GaussInt.vio
theories/Gaussian.vos theories/Gaussian.vok theories/Gaussian.required_vos: theories/Gaussian.v theories/Base.vos theories/Improper.vos theories/GaussInt.vos
theories/Improper.vo theories/Improper.glob theories/Improper.v.beautified theories/Improper.required_vo: theories/Improper.v theories/Base.vo
theories/Improper.vio: theories/Improper.v theories/Base.vio
theories/Improper.vos theories/Improper.vok theories/Improper.required_vos: theories/Improper.v theories/Base.vos
theories/MixtureRd.vo theories/MixtureRd.glob theories/MixtureRd.v.beautified theories/MixtureRd.required_vo: theories/MixtureRd.v theories/Base.vo theories/Tilt.vo
theories/MixtureRd.vio: theories/MixtureRd.v theories/Base.vio theories/Tilt.vio
theories/MixtureRd.vos theories/MixtureRd.vok theories/MixtureRd.required_vos: theories/MixtureRd.v theories/Base.vos theories/Tilt.vos
theories/Pitchfork.vo theories/Pitchfork.glob theories/Pitchfork.v.beautified theories/Pitchfork.required_vo: theories/Pitchfork.v theories/Base.vo theories/TwoDelta.vo
theories/Pitchfork.vio: theories/Pitchfork.v theories/Base.vio theories/TwoDelta.vio
theories/Pitchfork.vos theories/Pitchfork.vok theories/Pitchfork.required_vos: theories/Pitchfork.v theories/Base.vos theories/TwoDelta.vos
theories/Schedule.vo theories/Schedule.glob theories/Schedule.v.beautified theories/Schedule.required_vo: theories/Schedule.v theories/Base.vo
theories/Schedule.vio: theories/Schedule.v theories/Base.vio
theories/Schedule.vos theories/Schedule.vok theories/Schedule.required_vos: theories/Schedule.v theories/Base.vos
theories/ScheduleEntropy.vo theories/ScheduleEntropy.glob theories/ScheduleEntropy.v.beautified theories/ScheduleEntropy.required_vo: theories/ScheduleEntropy.v theories/Base.vo theories/TwoDelta.vo theories/BinEntropy.vo theories/Improper.vo theories/TwoDeltaEntropy.vo theories/Schedule.vo
theories/ScheduleEntropy.vio: theories/ScheduleEntropy.v theories/Base.vio theories/TwoDelta.vio theories/BinEntropy.vio theories/Improper.vio theories/TwoDeltaEntropy.vio theories/Schedule.vio
theories/ScheduleEntropy.vos theories/ScheduleEntropy.vok theories/ScheduleEntropy.required_vos: theories/ScheduleEntropy.v theories/Base.vos theories/TwoDelta.vos theories/BinEntropy.vos theories/Improper.vos theories/TwoDeltaEntropy.vos theories/Schedule.vos
theories/Tilt.vo theories/Tilt.glob theories/Tilt.v.beautified theories/Tilt.required_vo: theories/Tilt.v theories/Base.vo
theories/Tilt.vio: theories/Tilt.v theories/Base.vio
theories/Tilt.vos theories/Tilt.vok theories/Tilt.required_vos: theories/Tilt.v theories/Base.vos
theories/TwoDelta.vo theories/TwoDelta.glob theories/TwoDelta.v.beautified theories/TwoDelta.required_vo: theories/TwoDelta.v theories/Base.vo
theories/TwoDelta.vio: theories/TwoDelta.v theories/Base.vio
theories/TwoDelta.vos theories/TwoDelta.vok theories/TwoDelta.required_vos: theories/TwoDelta.v theories/Base.vos
theories/TwoDeltaBounds.vo theories/TwoDeltaBounds.glob theories/TwoDeltaBounds.v.beautified theories/TwoDeltaBounds.required_vo: theories/TwoDeltaBounds.v theories/Base.vo theories/Tilt.vo theories/TwoDelta.vo theories/BinEntropy.vo theories/Improper.vo theories/GaussInt.vo theories/EntropyRate.vo theories/TwoDeltaEntropy.vo
theories/TwoDeltaBounds.vio: theories/TwoDeltaBounds.v theories/Base.vio theories/Tilt.vio theories/TwoDelta.vio theories/BinEntropy.vio theories/Improper.vio theories/GaussInt.vio theories/EntropyRate.vio theories/TwoDeltaEntropy.vio
theories/TwoDeltaBounds.vos theories/TwoDeltaBounds.vok theories/TwoDeltaBounds.required_vos: theories/TwoDeltaBounds.v theories/Base.vos theories/Tilt.vos theories/TwoDelta.vos theories/BinEntropy.vos theories/Improper.vos theories/GaussInt.vos theories/EntropyRate.vos theories/TwoDeltaEntropy.vos
theories/TwoDeltaEntropy.vo theories/TwoDeltaEntropy.glob theories/TwoDeltaEntropy.v.beautified theories/TwoDeltaEntropy.required_vo: theories/TwoDeltaEntropy.v theories/Base.vo theories/Tilt.vo theories/Improper.vo theories/GaussInt.vo theories/BinEntropy.vo theories/TwoDelta.vo theories/EntropyRate.vo
theories/TwoDeltaEntropy.vio: theories/TwoDeltaEntropy.v theories/Base.vio theories/Tilt.vio theories/Improper.vio theories/GaussInt.vio theories/BinEntropy.vio theories/TwoDelta.vio theories/EntropyRate.vio
theories/TwoDeltaEntropy.vos theories/TwoDeltaEntropy.vok theories/TwoDeltaEntropy.required_vos: theories/TwoDeltaEntropy.v theories/Base.vos theories/Tilt.vos theories/Improper.vos theories/GaussInt.vos theories/BinEntropy.vos theories/TwoDelta.vos theories/EntropyRate.vos
